// Prepares IAPEER_ROOT (storage contract): the folders, their modes, and the layout's version.
// Runs before anything else touches the root, so that a foreign or newer one is left as it is.

import { IapeerError } from "../../core/error.ts";
import { LAYOUT_VERSION, type Layout } from "../../core/layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseLayoutVersion, renderLayoutVersion } from "../../formats/layout-version.ts";
import type { Host } from "../../ports/host.ts";
import { checkSockets } from "../session/socket-for.ts";
import { objection, readOwn, setAside } from "./own-file.ts";
import { ensureOwnFolder, folderRefusal } from "./own-folder.ts";
import { notYours } from "./read-config.ts";
import { foreignNames } from "./root-content.ts";

type Step = (host: Host) => Result<void, IapeerError>;

/** Step `n` turns a root of layout `n` into one of layout `n + 1`. */
const MIGRATIONS: readonly Step[] = [
  // A root without a version file is new, or from before the file existed: same folders.
  () => ok(undefined),
];

/** Every folder that the core makes, parents first. */
export const ownFolders = (layout: Layout): readonly string[] => [
  layout.root,
  layout.peersDir,
  layout.runDir,
  `${layout.root}/state`,
  layout.stateDir,
  layout.sessionsDir,
  layout.identityDocsDir,
  layout.jobsDir,
  `${layout.root}/logs`,
  layout.logsDir,
  layout.serverDeathsDir,
  layout.panesDir,
  layout.jobLogsDir,
];

/** What no session can be started or ended without; the others are done without. */
const neededFolders = ({ root, stateDir, ...layout }: Layout): readonly string[] => [
  root,
  layout.runDir,
  `${root}/state`,
  stateDir,
  layout.sessionsDir,
  layout.identityDocsDir,
];

/**
 * Makes the root ready to use, and is safe to repeat. Refuses a folder that is a symlink, another
 * user's or somebody's already, one it cannot do without that is none, and a newer layout. The
 * value is what stands in the place of other folders, or keeps them from being made.
 */
export function prepareRoot(host: Host): Result<readonly IapeerError[], IapeerError> {
  const unfit = unfitRoot(host);
  if (unfit !== null) return err(unfit);
  const root = ensureOwnFolder(host, host.layout.root);
  if (!root.ok) return root;
  const version = readLayoutVersion(host);
  if (!version.ok) return version;
  const needed = neededFolders(host.layout);
  const troubles: IapeerError[] = [];
  for (const folder of ownFolders(host.layout)) {
    const made = ensureOwnFolder(host, folder);
    if (made.ok) continue;
    const isRefused = objection(host, host.files.stat(folder)) !== null;
    if (isRefused || needed.includes(folder)) return made;
    troubles.push(made.error);
  }
  const migrated = migrate(host, version.value);
  return migrated.ok ? ok(troubles) : migrated;
}

/** Why nobody makes a root here; null where one can be made, or is there and goes on as it is. */
export function unfitRoot(host: Host): IapeerError | null {
  const { root, stateDir, layoutVersion } = host.layout;
  const seen = host.files.stat(root);
  if (seen.state === "ok" && seen.kind === "folder" && seen.uid !== host.facts.uid) {
    return anothers(root, seen.uid);
  }
  const refused = folderRefusal(host, root);
  if (refused !== null) return refused;
  const foreign = foreignNames(host);
  if (foreign.length > 0) return inUse(root, foreign);
  if (host.files.stat(stateDir).state === "missing") {
    const roomy = checkSockets(host);
    return roomy.ok ? null : roomy.error;
  }
  const version = readOwn(host, layoutVersion);
  return version.state === "failed" ? unreadable(layoutVersion, version.detail) : null;
}

/** For verbs that only read: a root of a newer layout is refused, and nothing is touched. */
export function checkLayout(host: Host): Result<void, IapeerError> {
  const root = host.files.statTarget(host.layout.root);
  if (root.state === "ok" && root.kind !== "folder") return err(noFolder(host.layout.root));
  if (root.state === "ok" && root.uid !== host.facts.uid) {
    return err(anothers(host.layout.root, root.uid));
  }
  const read = readOwn(host, host.layout.layoutVersion);
  const parsed = read.state === "ok" ? parseLayoutVersion(read.text) : null;
  const isNewer = parsed?.ok === true && parsed.value > LAYOUT_VERSION;
  return isNewer ? err(newerLayout(host, parsed.value)) : ok(undefined);
}

/** 0 when there is no version file yet. */
function readLayoutVersion(host: Host): Result<number, IapeerError> {
  const path = host.layout.layoutVersion;
  const read = readOwn(host, path);
  if (read.state === "missing") return ok(0);
  if (read.state === "failed") return err(unreadable(path, read.detail));
  const parsed = parseLayoutVersion(read.text);
  if (!parsed.ok) return setVersionAside(host, parsed.error);
  if (parsed.value <= LAYOUT_VERSION) return ok(parsed.value);
  return err(newerLayout(host, parsed.value));
}

const anothers = (root: string, uid: number): IapeerError =>
  notYours(root, `it belongs to another user (uid ${uid})`);

const noFolder = (root: string): IapeerError =>
  new IapeerError({
    code: "folder-refused",
    what: `${root} is no folder`,
    next: "choose another root with --root",
    exit: 2,
  });

const inUse = (root: string, names: readonly string[]): IapeerError =>
  new IapeerError({
    code: "root-in-use",
    what: `${root} is no root of iapeer, and is not empty`,
    why: `it holds ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`,
    next: "choose an empty folder, or one that is not there, with --root",
    exit: 2,
  });

const newerLayout = (host: Host, version: number): IapeerError =>
  new IapeerError({
    code: "layout-newer",
    what: `${host.layout.root} was written by a newer iapeer`,
    why: `its layout is version ${version}, this program knows up to ${LAYOUT_VERSION}`,
    next: "update iapeer, or choose another root with --root",
  });

function setVersionAside(host: Host, detail: string): Result<number, IapeerError> {
  const path = host.layout.layoutVersion;
  const aside = setAside(host, path, "corrupt");
  if (aside.state === "failed") return err(unreadable(path, aside.detail));
  const fields = { file: path, detail, moved_to: aside.path };
  host.log.write("lifecycle", { ev: "file-corrupt", fields });
  return ok(0);
}

function unreadable(path: string, why: string): IapeerError {
  const next = "make the file readable, or move it away";
  return new IapeerError({ code: "layout-unreadable", what: `cannot read ${path}`, why, next });
}

function migrate(host: Host, from: number): Result<void, IapeerError> {
  if (from === LAYOUT_VERSION) return ok(undefined);
  for (const step of MIGRATIONS.slice(from, LAYOUT_VERSION)) {
    const stepped = step(host);
    if (!stepped.ok) return stepped;
  }
  const path = host.layout.layoutVersion;
  const written = host.files.writeAtomic(path, renderLayoutVersion(LAYOUT_VERSION));
  if (written.state === "ok") return ok(undefined);
  return err(
    new IapeerError({
      code: "layout-not-written",
      what: `cannot write ${path}`,
      why: written.detail,
      next: "free space on the disk, or make the folder writable",
    }),
  );
}
