// Removing and renaming (storage contract): a namesake born later inherits nothing, the folder
// stays, and a stop flag follows its peer to the new name.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import { forensicsPath } from "../../src/formats/canary-script.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { purgeIdentity } from "../../src/flows/peers/purge.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { changeDoc, readDoc } from "../../src/flows/storage/identity-doc.ts";
import { readProfile } from "../../src/flows/storage/profile.ts";
import { loadRegistry } from "../../src/flows/storage/registry.ts";
import { codeOf, must, preparedPlace, type RootHost } from "./root-host.ts";

const GENERATION = "20260131T235959007Z-ab12" as GenerationId;

/** Everything that is kept under an identity, made without a session. */
function leaveTraces(host: RootHost, identity: Identity): string[] {
  const { layout } = host;
  const session = join(layout.sessionDir(identity), GENERATION);
  mkdirSync(session, { recursive: true });
  const files = [
    layout.identityDoc(identity),
    `${layout.identityDoc(identity)}.corrupt-20260101T000000000Z`,
    layout.paneLog(identity),
    `${layout.paneLog(identity)}.1`,
    join(layout.runDir, `${identity}.sock`),
    join(layout.jobsDir, `${identity}.lease`),
    join(layout.jobsDir, `${identity}.hand-over`),
    forensicsPath({ identity, generation: GENERATION, serverDeathsDir: layout.serverDeathsDir }),
  ];
  for (const file of files) writeFileSync(file, identity);
  writeFileSync(join(session, "start.json"), "{}");
  return [...files, layout.sessionDir(identity)].sort();
}

test("purge takes every artefact of the identity, names it, and spares its neighbours", () => {
  using at = preparedPlace();
  const mine = leaveTraces(at.host, "claude-a" as Identity);
  const others = ["claude-a-b", "claude-ab", "codex-a"].flatMap((identity) =>
    leaveTraces(at.host, identity as Identity),
  );
  expect(purgeIdentity(at.host, "claude-a" as Identity).sort()).toEqual(mine);
  for (const path of mine) expect([path, existsSync(path)]).toEqual([path, false]);
  for (const path of others) expect([path, existsSync(path)]).toEqual([path, true]);
  expect(purgeIdentity(at.host, "claude-a" as Identity)).toEqual([]);
});

test("unregistering keeps the folder, and a rebuilt registry the peer's absence", async () => {
  using at = preparedPlace();
  const made = must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  writeFileSync(join(made.entry.cwd, "work.txt"), "kept");
  const gone = must(await unregisterPeer(at.host, "a"));
  expect(gone.entry).toEqual(made.entry);
  expect(readFileSync(gone.profileMovedTo ?? "", "utf8")).toContain('"personality": "a"');
  expect(readFileSync(join(made.entry.cwd, "work.txt"), "utf8")).toBe("kept");
  expect(codeOf(findPeer(at.host, "a"))).toBe("unknown-peer");
  rmSync(at.host.layout.registry);
  expect(must(await loadRegistry(at.host)).peers).toEqual([]);
  expect(verify(at.host).findings).toEqual([]);
  const again = must(await createPeer(at.host, { name: "a", runtime: "codex" }));
  expect(again.entry.runtimes as readonly string[]).toEqual(["codex"]);
});

test("unregistering an unknown peer suggests, and one whose folder is gone works", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, { name: "alpha", runtime: "claude" }));
  const unknown = await unregisterPeer(at.host, "alhpa");
  expect(unknown.ok ? "" : unknown.error.next).toContain("alpha?");
  rmSync(entry.cwd, { recursive: true });
  expect(must(await unregisterPeer(at.host, "alpha")).profileMovedTo).toBeNull();
});

test("a folder that has become another peer's keeps that peer's profile", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  const path = peerLayout(entry.cwd).profile;
  writeFileSync(path, readFileSync(path, "utf8").replace('"a"', '"b"'));
  expect(must(await unregisterPeer(at.host, "a")).profileMovedTo).toBeNull();
  expect(readProfile(at.host, entry.cwd)).toMatchObject({ profile: { personality: "b" } });
});

test("rename moves the default folder, the state and the history", async () => {
  using at = preparedPlace();
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  leaveTraces(at.host, "claude-a" as Identity);
  rmSync(at.host.layout.identityDoc("claude-a" as Identity));
  changeDoc(at.host, "claude-a" as Identity, (doc) => ({ ...doc, stopped: true, topics: ["t"] }));
  const renamed = must(await renamePeer(at.host, { from: "a", to: "b" }));
  const cwd = join(at.host.layout.peersDir, "b");
  expect(renamed).toMatchObject({ entry: { personality: "b", cwd }, warnings: [] });
  expect(renamed.movedFrom).toBe(join(at.host.layout.peersDir, "a"));
  expect(readProfile(at.host, cwd)).toMatchObject({ profile: { personality: "b" } });
  expect(readDoc(at.host, "claude-b" as Identity)).toMatchObject({
    state: "ok",
    doc: { identity: "claude-b", stopped: true, topics: ["t"] },
  });
  expect(readdirSync(at.host.layout.sessionDir("claude-b" as Identity))).toEqual([GENERATION]);
  const logs = readdirSync(at.host.layout.panesDir).sort();
  expect(logs).toEqual(["claude-b.log", "claude-b.log.1"]);
  expect(readDoc(at.host, "claude-a" as Identity).state).toBe("missing");
  expect(verify(at.host).findings).toEqual([]);
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
});

test("what was kept of a death goes neither at a rename nor with a namesake", async () => {
  using at = preparedPlace();
  const { serverDeathsDir } = at.host.layout;
  const [old, now] = ["claude-a" as Identity, "claude-b" as Identity];
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  leaveTraces(at.host, old);
  rmSync(at.host.layout.identityDoc(old));
  const kept = forensicsPath({ identity: old, generation: GENERATION, serverDeathsDir });
  must(await renamePeer(at.host, { from: "a", to: "b" }));
  expect(existsSync(kept)).toBe(true);
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  expect(purgeIdentity(at.host, old)).not.toContain(kept);
  expect(existsSync(kept)).toBe(true);
  expect(purgeIdentity(at.host, now)).toContain(kept);
});

test("trust in a folder follows it to where a rename moves it", async () => {
  using at = preparedPlace();
  const seen: string[] = [];
  const told = (what: string) => (peer: { cwd: string }) => {
    seen.push(`${what} ${basename(peer.cwd)}`);
    return { warnings: [] };
  };
  const trusting = [...at.host.runtimes].map(([name, runtime]) => {
    const folders = { prepareFolder: told("knows"), forgetFolder: told("forgets") };
    return [name, { ...runtime, ...folders }] as const;
  });
  const host = { ...at.host, runtimes: new Map(trusting) };
  must(await createPeer(host, { name: "a", runtime: "claude" }));
  must(await renamePeer(host, { from: "a", to: "b" }));
  expect(seen).toEqual(["knows a", "forgets a", "knows b"]);
});

test("rename leaves a folder elsewhere where it is, unless it is told where to", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "wörk $(x)");
  must(await createPeer(at.host, { name: "a", runtime: "claude", cwd }));
  expect(must(await renamePeer(at.host, { from: "a", to: "b" })).movedFrom).toBeNull();
  const target = join(at.dir, "-new place");
  const moved = must(await renamePeer(at.host, { from: "b", to: "c", cwd: target }));
  expect(moved).toMatchObject({ movedFrom: cwd, entry: { cwd: target } });
  expect(verify(at.host).findings).toEqual([]);
});

test("rename is refused for a bad or taken name or folder, and a running session", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  must(await createPeer(at.host, { name: "b", runtime: "claude" }));
  const before = readFileSync(at.host.layout.registry, "utf8");
  const profile = readFileSync(peerLayout(entry.cwd).profile, "utf8");
  expect(codeOf(await renamePeer(at.host, { from: "a", to: "B" }))).toBe("bad-name");
  expect(codeOf(await renamePeer(at.host, { from: "a", to: "b" }))).toBe("name-taken");
  expect(codeOf(await renamePeer(at.host, { from: "a", to: "b", cwd: entry.cwd }))).toBe(
    "name-taken",
  );
  expect(codeOf(await renamePeer(at.host, { from: "x", to: "c" }))).toBe("unknown-peer");
  mkdirSync(join(at.host.layout.peersDir, "d"));
  const inTheWay = await renamePeer(at.host, { from: "a", to: "d" });
  expect(inTheWay).toMatchObject({
    error: {
      code: "peer-folder-refused",
      next: "move it out of the way, or choose another name",
    },
  });
  at.host.probes.set(join(at.host.layout.runDir, "claude-a.sock"), "unknown");
  expect(codeOf(await renamePeer(at.host, { from: "a", to: "c" }))).toBe("session-running");
  expect(readFileSync(at.host.layout.registry, "utf8")).toBe(before);
  expect(readFileSync(peerLayout(entry.cwd).profile, "utf8")).toBe(profile);
});

test("a stop flag in a document that cannot be read stops the rename", async () => {
  using at = preparedPlace();
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  mkdirSync(at.host.layout.identityDoc("claude-a" as Identity));
  expect(codeOf(await renamePeer(at.host, { from: "a", to: "b" }))).toBe("state-not-carried");
  must(findPeer(at.host, "a"));
});
