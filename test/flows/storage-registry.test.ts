// The registry's one writer (storage contract): locked, validated, whole, and rebuilt from the
// folders when it is lost or corrupt.

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IapeerError } from "../../src/core/error.ts";
import { peerLayout } from "../../src/core/layout.ts";
import type { Identity } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { err, ok } from "../../src/core/result.ts";
import { addRuntime } from "../../src/flows/peers/change.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { changeRegistry, loadRegistry, readRegistry } from "../../src/flows/storage/registry.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { codeOf, must, openHost, scratch, type RootHost } from "./root-host.ts";

async function fleet(host: RootHost, ...names: string[]): Promise<void> {
  must(prepareRoot(host));
  for (const name of names) must(await createPeer(host, { name, runtime: "claude" }));
}

function namesIn(host: RootHost): string[] {
  const read = readRegistry(host);
  return read.state === "ok" ? read.registry.peers.map((peer) => peer.personality) : [read.state];
}

const asideIn = (dir: string) => readdirSync(dir).filter((name) => name.includes(".corrupt-"));

test("missing, then written by the first change, sorted by name", async () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  expect(readRegistry(host)).toEqual({ state: "missing" });
  await fleet(host, "b", "a");
  expect(namesIn(host)).toEqual(["a", "b"]);
});

test("a refused change changes nothing on disk", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  const before = readFileSync(host.layout.registry, "utf8");
  const refusal = new IapeerError({ code: "no", what: "no", next: "stop" });
  expect(codeOf(await changeRegistry(host, () => err(refusal)))).toBe("no");
  expect(readFileSync(host.layout.registry, "utf8")).toBe(before);
});

test("a change that would make it invalid is not written", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  const before = readFileSync(host.layout.registry, "utf8");
  const twice = await changeRegistry(host, (registry) =>
    ok({ ...registry, peers: [...registry.peers, ...registry.peers] }),
  );
  expect(codeOf(twice)).toBe("registry-not-written");
  expect(readFileSync(host.layout.registry, "utf8")).toBe(before);
});

test("a lost registry is rebuilt from the folders under peers/", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a", "b");
  rmSync(host.layout.registry);
  const registry = must(await loadRegistry(host));
  expect(registry.peers.map((peer) => peer.personality as string)).toEqual(["a", "b"]);
  expect(namesIn(host)).toEqual(["a", "b"]);
});

test("a corrupt registry is moved aside, and rebuilt with the folders it still names", async () => {
  using place = scratch();
  const host = openHost(place.root);
  const cwd = join(place.dir, 'far "away"\n$(x)');
  await fleet(host, "a");
  must(await createPeer(host, { name: "far", runtime: "codex", cwd }));
  const text = `${readFileSync(host.layout.registry, "utf8").slice(0, -4)}}}`;
  writeFileSync(host.layout.registry, text);
  expect(readRegistry(host).state).toBe("corrupt");
  expect(readFileSync(host.layout.registry, "utf8")).toBe(text);
  must(await createPeer(host, { name: "b", runtime: "claude" }));
  expect(namesIn(host)).toEqual(["a", "b", "far"]);
  const [aside = ""] = asideIn(place.root);
  expect(readFileSync(join(place.root, aside), "utf8")).toBe(text);
  expect(host.logged.map((event) => event.ev)).toEqual(["file-corrupt", "registry-rebuilt"]);
});

test("a change that is refused after a corrupt registry still leaves it rebuilt", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  writeFileSync(host.layout.registry, "\0garbage");
  expect(codeOf(await createPeer(host, { name: "a", runtime: "claude" }))).toBe("name-taken");
  expect(namesIn(host)).toEqual(["a"]);
});

test("a folder that only a session's start record knows is found again", async () => {
  using place = scratch();
  const host = openHost(place.root);
  const cwd = join(place.dir, "elsewhere");
  await fleet(host);
  must(await createPeer(host, { name: "far", runtime: "claude", cwd }));
  const session = host.layout.sessionDir("claude-far" as Identity);
  mkdirSync(join(session, "20260131T235959007Z-ab12"), { recursive: true });
  writeFileSync(join(session, "20260131T235959007Z-ab12/start.json"), JSON.stringify({ cwd }));
  writeFileSync(host.layout.registry, "");
  expect(must(await loadRegistry(host)).peers.map((peer) => peer.cwd)).toEqual([cwd]);
});

test("two folders with one name: the one that the registry named is kept", async () => {
  using place = scratch();
  const host = openHost(place.root);
  const cwd = join(place.dir, "z");
  await fleet(host);
  must(await createPeer(host, { name: "a", runtime: "claude", cwd }));
  const copy = join(host.layout.peersDir, "a/.iapeer");
  mkdirSync(copy, { recursive: true });
  writeFileSync(join(copy, "peer-profile.json"), readFileSync(peerLayout(cwd).profile));
  writeFileSync(host.layout.registry, `{"peers": [{"cwd": ${JSON.stringify(cwd)}`);
  const registry = must(await loadRegistry(host));
  expect(registry.peers.map((peer: RegistryEntry) => peer.cwd)).toEqual([cwd]);
  const rebuilt = host.logged.find((event) => event.ev === "registry-rebuilt");
  expect(String(rebuilt?.fields["notes"])).toContain("also says it is a");
});

test("a registry that is a symlink, a folder or another user's is left alone", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  const foreign = { ...host, facts: { ...host.facts, uid: host.facts.uid + 1 } };
  expect(readRegistry(foreign).state).toBe("failed");
  const real = join(place.dir, "real.json");
  writeFileSync(real, readFileSync(host.layout.registry));
  rmSync(host.layout.registry);
  symlinkSync(real, host.layout.registry);
  expect(readRegistry(host).state).toBe("failed");
  const created = await createPeer(host, { name: "b", runtime: "claude" });
  expect(codeOf(created)).toBe("registry-unreadable");
  rmSync(host.layout.registry);
  mkdirSync(host.layout.registry);
  expect(readRegistry(host).state).toBe("failed");
  expect(codeOf(await createPeer(host, { name: "b", runtime: "claude" }))).toBe(
    "registry-unreadable",
  );
});

test("when the registry cannot be written, every verb leaves the profile as it was", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  const { cwd } = must(findPeer(host, "a"));
  const before = readFileSync(peerLayout(cwd).profile, "utf8");
  const { files } = host;
  const failed = { state: "failed", code: "ENOSPC", detail: "no space left on device" } as const;
  const full: RootHost = {
    ...host,
    files: {
      ...files,
      writeAtomic: (path, text, options) =>
        path === host.layout.registry ? failed : files.writeAtomic(path, text, options),
    },
  };
  expect(codeOf(await unregisterPeer(full, "a"))).toBe("registry-not-written");
  expect(codeOf(await renamePeer(full, { from: "a", to: "b" }))).toBe("registry-not-written");
  const added = await addRuntime(full, { personality: "a", runtime: "codex" });
  expect(codeOf(added)).toBe("registry-not-written");
  expect(readFileSync(peerLayout(cwd).profile, "utf8")).toBe(before);
  expect(readdirSync(peerLayout(cwd).dir)).toEqual(["peer-profile.json"]);
  expect(namesIn(host)).toEqual(["a"]);
  expect(verify(host).findings).toEqual([]);
});

test("when the registry cannot be written, the new peer's profile is taken back", async () => {
  using place = scratch();
  const host = openHost(place.root);
  await fleet(host, "a");
  const full = {
    ...host,
    files: {
      ...host.files,
      writeAtomic: (path: string, text: string, options?: { mode?: number; durable?: boolean }) =>
        path === host.layout.registry
          ? ({ state: "failed", code: "ENOSPC", detail: "no space left on device" } as const)
          : host.files.writeAtomic(path, text, options),
    },
  };
  const created = await createPeer(full, { name: "b", runtime: "claude" });
  expect(codeOf(created)).toBe("registry-not-written");
  expect(readdirSync(join(host.layout.peersDir, "b/.iapeer"))).toEqual([]);
  must(await createPeer(host, { name: "b", runtime: "claude" }));
});
