// Adopting a folder's peer, and changing or finding a registered one (storage contract, CLI
// contract).

import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { layout, peerLayout } from "../../src/core/layout.ts";
import { addRuntime, setDefaultRuntime } from "../../src/flows/peers/change.ts";
import { createPeer, type CreateSpec } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { initPeer } from "../../src/flows/peers/init.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { readProfile, writeProfile } from "../../src/flows/storage/profile.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { BYPASS, codeOf, must, openHost, preparedPlace } from "./root-host.ts";

const CAT: CreateSpec = { name: "echo", runtime: "command", command: { argv: ["/bin/cat"] } };

test("init derives the name from the folder and takes an agent", async () => {
  using at = preparedPlace();
  const made = must(await initPeer(at.host, join(at.dir, "Ma Fôlder_2!")));
  expect(made).toMatchObject({ state: "created", entry: { default_runtime: "claude" } });
  expect(made.entry.personality as string).toMatch(/^ma-fo-?lder-2$/);
  expect(must(await initPeer(at.host, made.entry.cwd)).state).toBe("already");
  expect(codeOf(await initPeer(at.host, join(at.dir, "日本")))).toBe("bad-folder-name");
});

test("what init refuses is answered with what init takes, and makes no folder", async () => {
  using at = preparedPlace();
  const file = join(at.dir, "file");
  writeFileSync(file, "");
  const nextOf = async (name: string, runtime?: string) => {
    const made = await initPeer(at.host, join(at.dir, name), runtime ? { runtime } : {});
    return made.ok ? "" : made.error.next;
  };
  expect(await nextOf("file")).toBe("iapeer init <another folder>");
  expect(await nextOf("file/below")).toBe("iapeer init <another folder>");
  expect(await nextOf("a b/42")).toBe(`iapeer create <name> --cwd '${at.dir}/a b/42'`);
  expect(await nextOf("x", "command")).toBe(
    `iapeer init ${at.dir}/x --runtime command -- PROGRAM [words]`,
  );
  expect([join(at.dir, "a b"), join(at.dir, "x")].filter((path) => existsSync(path))).toEqual([]);
});

test("init adopts a profile as it is, and says what it ignored", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, CAT));
  const elsewhere = openHost(join(at.dir, "other-root"));
  must(prepareRoot(elsewhere));
  writeProfile(at.host, entry.cwd, { profile: entry, extra: { colour: "blue" } });
  const adopted = must(await initPeer(elsewhere, entry.cwd, { runtime: "codex" }));
  expect(adopted).toMatchObject({ state: "adopted", entry: { personality: "echo" } });
  expect(adopted.warnings.join()).toContain("not applied");
  expect(readFileSync(peerLayout(entry.cwd).profile, "utf8")).toContain('"colour": "blue"');
});

test("init where a registered peer's folder has moved follows it", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "before");
  must(await createPeer(at.host, { ...CAT, cwd }));
  const copied = join(at.dir, "after");
  renameSync(cwd, copied);
  expect(must(await initPeer(at.host, copied)).state).toBe("moved");
  expect(must(findPeer(at.host, "echo")).cwd).toBe(copied);
});

test("a folder is named as a program in it sees it, whatever link led there", async () => {
  using at = preparedPlace();
  mkdirSync(join(at.dir, "real"));
  symlinkSync(join(at.dir, "real"), join(at.dir, "alias"));
  const cwd = join(at.dir, "alias/deep/er");
  const made = must(await createPeer(at.host, { ...CAT, cwd }));
  expect(made.entry.cwd).toBe(join(at.dir, "real/deep/er"));
  expect(must(await initPeer(at.host, cwd)).state).toBe("already");
  const second = must(await initPeer(at.host, join(at.dir, "alias/second")));
  expect(second.entry.cwd).toBe(join(at.dir, "real/second"));
  const target = join(at.dir, "alias/moved");
  const moved = must(await renamePeer(at.host, { from: "echo", to: "parrot", cwd: target }));
  expect(moved.entry.cwd).toBe(join(at.dir, "real/moved"));
  expect(verify(at.host).findings).toEqual([]);
});

test("a copied folder does not take its original's place", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, CAT));
  const copy = join(at.dir, "copy");
  mkdirSync(join(copy, ".iapeer"), { recursive: true });
  writeFileSync(peerLayout(copy).profile, readFileSync(peerLayout(entry.cwd).profile));
  const { profile } = peerLayout(copy);
  const refused = await initPeer(at.host, copy);
  expect(codeOf(refused)).toBe("name-taken");
  expect(refused).toMatchObject({
    error: {
      next: `delete the copied ${profile} and run iapeer init again, or: iapeer remove echo`,
    },
  });
  rmSync(profile);
  expect(must(await initPeer(at.host, copy)).entry.personality as string).toBe("copy");
  const namesake = await initPeer(at.host, join(at.dir, "other/echo"));
  expect(namesake).toMatchObject({
    error: {
      next: `iapeer create <name> --cwd ${at.dir}/other/echo, or: iapeer remove echo`,
    },
  });
});

test("add-runtime and default-runtime change the profile and its projection", async () => {
  using at = preparedPlace();
  const add = (personality: string, runtime: string) =>
    addRuntime(at.host, { personality, runtime });
  const { entry } = must(await createPeer(at.host, CAT));
  writeProfile(at.host, entry.cwd, { profile: entry, extra: { colour: "blue" } });
  const missing = expect.stringContaining("before codex-echo can start, install it");
  expect(must(await add("echo", "codex")).warnings).toEqual([BYPASS, missing]);
  expect(codeOf(await setDefaultRuntime(at.host, "echo", "claude"))).toBe("runtime-not-added");
  must(await setDefaultRuntime(at.host, "echo", "codex"));
  const found = must(findPeer(at.host, "echo"));
  expect(found).toMatchObject({ runtimes: ["command", "codex"], default_runtime: "codex" });
  expect(readProfile(at.host, entry.cwd)).toMatchObject({ extra: { colour: "blue" } });
  expect(verify(at.host).findings).toEqual([]);
  expect(codeOf(await add("echo", "codx"))).toBe("unknown-runtime");
  must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  expect(codeOf(await add("a", "command"))).toBe("no-command");
});

test("an unknown peer suggests the nearest, and an identity its peer", async () => {
  using at = preparedPlace();
  must(await createPeer(at.host, CAT));
  for (const typed of ["ecko", "command-echo"]) {
    const found = findPeer(at.host, typed);
    expect(found.ok ? null : found.error).toMatchObject({ code: "unknown-peer", exit: 2 });
    expect(found.ok ? "" : found.error.next).toContain("echo?");
  }
  writeFileSync(at.host.layout.registry, "{");
  expect(codeOf(findPeer(at.host, "echo"))).toBe("registry-corrupt");
});

test("a root that became too long for sockets gets no peer that could not be started", async () => {
  using at = preparedPlace();
  const root = `${at.host.layout.root}/${"d".repeat(90)}`;
  const host = { ...at.host, layout: layout(root) };
  renameSync(at.host.layout.root, `${at.host.layout.root}.before`);
  mkdirSync(at.host.layout.root);
  renameSync(`${at.host.layout.root}.before`, root);
  must(prepareRoot(host));
  const traits = { runtime: "command", command: { argv: ["/bin/cat"] } };
  expect(codeOf(await createPeer(host, { ...traits, name: "echo" }))).toBe("socket-path");
  expect(codeOf(await initPeer(host, `${at.dir}/site`, traits))).toBe("socket-path");
  expect(existsSync(`${at.dir}/site`)).toBe(false);
  expect(existsSync(`${host.layout.peersDir}/echo`)).toBe(false);
});
