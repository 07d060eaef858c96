// Findings about the core's own folders: modes, documents that do not parse, state of peers
// that are no longer registered, and files that a killed process left.

import { peerLayout } from "../../core/layout.ts";
import type { Identity } from "../../core/names.ts";
import { identitiesOf, type Registry } from "../../core/profile.ts";
import { writerOf } from "../../formats/temporary-name.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";
import { peekDoc } from "../storage/identity-doc.ts";
import { folderObjection } from "../storage/own-file.ts";
import { PRIVATE_MODE } from "../storage/own-folder.ts";
import { listNames } from "../storage/list-names.ts";
import { ownFolders } from "../storage/root.ts";
import type { Carried } from "./carry.ts";
import { cutRenames } from "./cut-rename.ts";
import { FIX, type Finding } from "./finding.ts";
import { sessionLiveness } from "./purge.ts";

export function findingsAboutState(host: Host, registry: Registry): readonly Finding[] {
  const registered = new Set(identitiesOf(registry.peers));
  const folders = [
    ...ownFolders(host.layout),
    ...registry.peers.map((peer) => peerLayout(peer.cwd).dir),
  ];
  const { toCarry } = cutRenames(host, registry);
  const isCarried = (identity: Identity) => toCarry.some(({ from }) => from === identity);
  return [
    ...ownFolders(host.layout).flatMap((path) => aboutOwnFolder(host, path)),
    ...[...registered].flatMap((identity) => aboutDoc(host, identity)),
    ...toCarry.map((carried) => aboutCut(host, carried)),
    ...knownIdentities(host)
      .filter((identity) => !registered.has(identity) && !isCarried(identity))
      .map((identity) => aboutOrphan(host, identity)),
    ...folders.flatMap((dir) => aboutLeftFiles(host, dir)),
  ];
}

/** Identities that anything is kept under, registered or not. */
export function knownIdentities(host: Host): readonly Identity[] {
  const { layout } = host;
  const names = [
    ...listNames(host, layout.sessionsDir),
    ...named(host, layout.identityDocsDir, /^(.*)\.json$/),
    ...named(host, layout.panesDir, /^(.*)\.log(?:\.\d+)?$/),
    ...named(host, layout.runDir, /^(.*)\.sock$/),
    ...named(host, layout.jobsDir, /^(.*)\.(?:lease|hand-over)$/),
  ];
  const identities = names.flatMap((name) => splitIdentity(name)?.identity ?? []);
  return [...new Set(identities)].sort();
}

const named = (host: Host, dir: string, form: RegExp): readonly string[] =>
  listNames(host, dir).flatMap((name) => form.exec(name)?.[1] ?? []);

function aboutOwnFolder(host: Host, path: string): readonly Finding[] {
  const stat = host.files.stat(path);
  const finding = { code: "own-folder", severity: "error", path } as const;
  const against = folderObjection(host, stat);
  if (against !== null) {
    const next = "move what is there out of the way";
    return [{ ...finding, fixable: false, detail: `refused: ${against}`, next }];
  }
  if (stat.state === "ok" && stat.mode === PRIVATE_MODE) return [];
  const detail =
    stat.state === "ok" ? `its mode is ${stat.mode.toString(8)}, not 700` : "it is missing";
  return [{ ...finding, fixable: true, detail, next: FIX }];
}

function aboutDoc(host: Host, identity: Identity): readonly Finding[] {
  const read = peekDoc(host, identity);
  if (read.state === "ok" || read.state === "missing") return [];
  const path = host.layout.identityDoc(identity);
  const common = { severity: "error", path, peer: identity } as const;
  if (read.state === "failed") {
    const next = "put the path right";
    return [{ ...common, code: "doc-unreadable", fixable: false, detail: read.detail, next }];
  }
  const detail = `it does not parse, so the peer is held as stopped: ${read.detail}`;
  const next = `${FIX}, then iapeer start the peer if it should run`;
  return [{ ...common, code: "doc-corrupt", fixable: true, detail, next }];
}

/** Its lives are nobody's, and a daemon would record ends that they did not have. */
function aboutCut(host: Host, { from, to }: Carried): Finding {
  const path = host.layout.sessionDir(from);
  const detail = `what is known of ${to} is still under ${from}: its rename was cut off`;
  const common = { severity: "error", fixable: true, path, peer: to } as const;
  return { ...common, code: "rename-cut-off", detail, next: FIX };
}

function aboutOrphan(host: Host, identity: Identity): Finding {
  const session = sessionLiveness(host, identity);
  const path = host.layout.sessionDir(identity);
  if (session === "dead") {
    const detail = "state of a peer that is not registered";
    const common = { severity: "warning", fixable: true, path, peer: identity } as const;
    return { ...common, code: "orphan-state", detail, next: FIX };
  }
  const running = session === "alive" ? "is running" : "may be running, which cannot be told";
  return {
    code: "orphan-session",
    severity: "error",
    fixable: false,
    path,
    peer: identity,
    detail: `a session of a peer that is not registered ${running}`,
    next: "register the peer again with iapeer init in its folder, or end the session",
  };
}

function aboutLeftFiles(host: Host, dir: string): readonly Finding[] {
  return listNames(host, dir).flatMap((name): Finding[] => {
    const path = `${dir}/${name}`;
    const common = { severity: "warning", path } as const;
    const writer = writerOf(name);
    if (writer !== null && host.processes.exists(writer) === "dead") {
      const detail = "left by a process that was killed while it wrote";
      return [{ ...common, code: "temporary-file", fixable: true, detail, next: FIX }];
    }
    if (!/\.corrupt-\d{8}T\d+Z(?:-\d+)?$/.test(name)) return [];
    const detail = "a file that did not parse was moved here";
    const next = "take from it what you need, then delete it";
    return [{ ...common, code: "copy-set-aside", fixable: false, detail, next }];
  });
}
