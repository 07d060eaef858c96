// What a verb has said is done is done through a power cut: every change that nobody synced is
// taken back, and the root still holds what was promised (storage contract).

import { expect, test } from "bun:test";
import type { Identity } from "../../src/core/names.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { purgeIdentity } from "../../src/flows/peers/purge.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { changeDoc, peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import type { Host } from "../../src/ports/host.ts";
import { FakeFiles } from "../fakes/files.ts";
import { codeOf, must, openHost, scratch } from "./root-host.ts";

const ID = "claude-a" as Identity;

function place() {
  const at = scratch();
  const disk = new FakeFiles({ wall: Date.now, mono: () => 0, uid: process.getuid?.() ?? 0 });
  disk.makeFolder(at.dir, 0o700, true);
  const host: Host = { ...openHost(at.root), files: disk };
  must(prepareRoot(host));
  /** Nothing that was not synced is left of it. */
  const cutPower = () => disk.loss.crash(disk.tree, 0, { chance: () => false } as never);
  return { host, cutPower, [Symbol.dispose]: () => at[Symbol.dispose]() };
}

const errors = (host: Host) => verify(host).findings.filter(({ severity }) => severity === "error");

test("a peer that was created is whole", async () => {
  using at = place();
  const env = { TOKEN: "x y" };
  const { entry } = must(await createPeer(at.host, { name: "a", runtime: "claude", env }));
  at.cutPower();
  expect(must(findPeer(at.host, "a"))).toEqual(entry);
  expect(errors(at.host)).toEqual([]);
  expect(at.host.files.stat(`${entry.cwd}/.iapeer/runtimes/claude/launch.env`).state).toBe("ok");
});

test("a peer that was removed stays so, and a namesake inherits nothing", async () => {
  using at = place();
  const { entry } = must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true, topics: ["t"] }));
  must(await unregisterPeer(at.host, "a"));
  purgeIdentity(at.host, ID);
  at.cutPower();
  expect(codeOf(findPeer(at.host, "a"))).toBe("unknown-peer");
  expect(verify(at.host).findings).toEqual([]);
  expect(at.host.files.stat(entry.cwd).state).toBe("ok");
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  expect(peekDoc(at.host, ID).state).toBe("missing");
});

test("a peer that was renamed has its folder, its stop flag and its name", async () => {
  using at = place();
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true }));
  const { entry } = must(await renamePeer(at.host, { from: "a", to: "b" }));
  at.cutPower();
  expect(must(findPeer(at.host, "b"))).toEqual(entry);
  expect(errors(at.host)).toEqual([]);
  const doc = peekDoc(at.host, "claude-b" as Identity);
  expect(doc).toMatchObject({ state: "ok", doc: { stopped: true } });
});
