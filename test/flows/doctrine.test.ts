// What a launch hands over (storage contract): the system prompt from its layers, and the
// environment of a peer's own.

import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import { identityOf } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { composeFor, launchEnvFor, LAYER_MAX_BYTES } from "../../src/flows/doctrine.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { loadRegistry } from "../../src/flows/storage/registry.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { must, openHost, scratch } from "./root-host.ts";

async function place() {
  const made = scratch();
  const host = openHost(made.root);
  must(prepareRoot(host));
  const { entry } = must(
    await createPeer(host, { name: "a", runtime: "claude", description: "A" }),
  );
  return { host, dir: made.dir, entry, [Symbol.dispose]: () => made[Symbol.dispose]() };
}

type Place = Awaited<ReturnType<typeof place>>;

async function compose(at: Place, peer: RegistryEntry = at.entry) {
  const registry = must(await loadRegistry(at.host));
  const runtime = peer.default_runtime;
  const presence = { identity: identityOf(runtime, peer.personality), runtime, peer };
  return composeFor(at.host, presence, registry);
}

test("the layers come in their order, without the peer itself among the others", async () => {
  using at = await place();
  must(await createPeer(at.host, { name: "b", runtime: "codex", description: "the other" }));
  const own = peerLayout(at.entry.cwd);
  mkdirSync(own.fragmentsDir);
  const files = [
    [at.host.layout.doctrine, "SHARED"],
    [own.doctrine, "OWN"],
    [join(at.host.layout.root, "20-root.md"), "DOC20"],
    [join(own.dir, "10-own.md"), "DOC10"],
    [join(own.dir, "notes.txt"), "NOT-MARKDOWN"],
    [join(own.fragmentsDir, "f.md"), "FRAGMENT"],
  ] as const;
  for (const [path, text] of files) writeFileSync(path, text);
  const { text, warnings } = await compose(at);
  expect(warnings).toEqual([]);
  const found = text?.match(/# You are a|SHARED|OWN|# Other peers|- b |DOC\d+|FRAGMENT/g);
  const order = ["# You are a", "SHARED", "OWN", "# Other peers", "- b ", "DOC10", "DOC20"];
  expect(found as string[]).toEqual([...order, "FRAGMENT"]);
  expect(text).not.toContain("- a (");
  expect(text).not.toContain("NOT-MARKDOWN");
});

test("a layer that is too large or unreadable is left out, and said so", async () => {
  using at = await place();
  const own = peerLayout(at.entry.cwd);
  writeFileSync(at.host.layout.doctrine, "x".repeat(LAYER_MAX_BYTES + 1));
  mkdirSync(own.doctrine);
  writeFileSync(join(own.dir, "ok.md"), "y".repeat(LAYER_MAX_BYTES));
  const { text, warnings } = await compose(at);
  expect(warnings).toHaveLength(2);
  expect(warnings.join()).toContain(at.host.layout.doctrine);
  expect(warnings.join()).toContain(own.doctrine);
  expect(text).toContain("yyy");
  expect(text).not.toContain("xxx");
});

test("a doctrine kept elsewhere behind a symlink is read", async () => {
  using at = await place();
  writeFileSync(join(at.dir, "mine.md"), "ELSEWHERE");
  symlinkSync(join(at.dir, "mine.md"), peerLayout(at.entry.cwd).doctrine);
  expect((await compose(at)).text).toContain("ELSEWHERE");
});

test("a document that leads nowhere or has no readable name is left out, and said so", async () => {
  using at = await place();
  const { dir } = peerLayout(at.entry.cwd);
  symlinkSync("nowhere", join(dir, "link.md"));
  const name = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff]), Buffer.from(".md")]);
  writeFileSync(name, "UNREADABLE");
  const { text, warnings } = await compose(at);
  expect(text).not.toContain("UNREADABLE");
  expect(warnings).toHaveLength(2);
  expect(warnings.join()).toContain("link.md: it leads to no file");
});

test("a heap of documents is bounded", async () => {
  using at = await place();
  const { dir } = peerLayout(at.entry.cwd);
  for (let n = 100; n < 200; n += 1) writeFileSync(join(dir, `${n}.md`), `D${n}`);
  const { text, warnings } = await compose(at);
  expect(text).toContain("D163");
  expect(text).not.toContain("D164");
  expect(warnings.join()).toContain("100 documents");
});

test("the folder's launch.env wins over the env file, and both are named as secret", async () => {
  using at = await place();
  const env_file = join(at.dir, "all.env");
  writeFileSync(env_file, "A=file\nB=file\n__proto__=x\n");
  const path = peerLayout(at.entry.cwd).launchEnv("claude");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "B=own\n");
  const found = must(launchEnvFor(at.host, { ...at.entry, env_file }, at.entry.default_runtime));
  expect(Object.entries(found.env)).toEqual([
    ["A", "file"],
    ["B", "own"],
    ["__proto__", "x"],
  ]);
  expect(found.secretPaths).toEqual([env_file, path]);
});

test("an env file that is named by a relative path is in the peer's folder", async () => {
  using at = await place();
  const peer = { ...at.entry, env_file: "keys/all.env" };
  const found = () => launchEnvFor(at.host, peer, at.entry.default_runtime);
  const path = join(at.entry.cwd, "keys/all.env");
  expect(found()).toEqual({ ok: false, error: `${path}: there is no such file` });
  mkdirSync(join(path, ".."));
  writeFileSync(path, "A=file\n");
  expect(must(found())).toEqual({ env: { A: "file" }, secretPaths: [path] });
});

test("what cannot be read is an error that shows no value", async () => {
  using at = await place();
  const env_file = join(at.dir, "all.env");
  const with_file = { ...at.entry, env_file };
  const runtime = at.entry.default_runtime;
  const missing = launchEnvFor(at.host, with_file, runtime);
  expect(missing.ok ? "" : missing.error).toContain("no such file");
  writeFileSync(env_file, "A=1\nB='hunter2");
  chmodSync(env_file, 0o600);
  const bad = launchEnvFor(at.host, with_file, runtime);
  expect(bad.ok ? "" : bad.error).toContain("line 2");
  expect(bad.ok ? "" : bad.error).not.toContain("hunter2");
  expect(must(launchEnvFor(at.host, at.entry, runtime)).env).toEqual({});
});
