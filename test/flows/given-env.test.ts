// What `create --env` wrote goes with the peer, so that a namesake does not inherit secrets; what a
// person wrote or changed stays, and is named.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { addLaunchEnv, envLeavings, takeEnvBack } from "../../src/flows/peers/given-env.ts";
import { purgedBy, staying } from "../../src/flows/peers/removal.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { must, preparedPlace, type RootHost } from "./root-host.ts";

const CAT = { name: "g", runtime: "command", command: { argv: ["/bin/cat"] } };
const SECRET = { SECRET: "abc" };

const born = async (host: RootHost, cwd: string, env: Record<string, string> = SECRET) =>
  must(await createPeer(host, { ...CAT, cwd, env }));

async function removed(host: RootHost, cwd: string) {
  const registry = must(await unregisterPeer(host, "g"));
  return { before: [], found: [], docs: [], registry, env: await takeEnvBack(host, cwd) };
}

test("a file that create --env made goes, and its note", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  const path = peerLayout(cwd).launchEnv("command");
  await born(at.host, cwd);
  expect(readFileSync(path, "utf8")).toContain("SECRET=abc");
  const note = join(dirname(path), "launch-env.json");
  expect(readFileSync(note, "utf8")).not.toContain("abc");
  expect(envLeavings(at.host, cwd)).toEqual([{ path, how: "gone" }]);
  const removal = await removed(at.host, cwd);
  expect(purgedBy(at.host, removal)).toEqual([path]);
  expect([existsSync(path), existsSync(note)]).toEqual([false, false]);
  expect((await born(at.host, cwd, {})).warnings.join()).not.toContain("launch.env");
});

test("a person's file that it added to is again what it was", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  const path = peerLayout(cwd).launchEnv("command");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "# mine\nA=é");
  expect((await born(at.host, cwd)).warnings.join()).toContain("launch.env");
  const removal = await removed(at.host, cwd);
  expect(readFileSync(path, "utf8")).toBe("# mine\nA=é");
  expect(purgedBy(at.host, removal)).toEqual([]);
  expect(staying(at.host, removal)).toContain(`took out of ${path} what create --env had added`);
});

test("a file that somebody has changed since, or wrote, stays and is named", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  const [changed, written] = ["command", "claude"].map((name) => peerLayout(cwd).launchEnv(name));
  await born(at.host, cwd);
  writeFileSync(changed ?? "", "SECRET=abc\nMINE=1\n");
  mkdirSync(dirname(written ?? ""), { recursive: true });
  writeFileSync(written ?? "", "OWN=1\n");
  const removal = await removed(at.host, cwd);
  expect(readFileSync(changed ?? "", "utf8")).toBe("SECRET=abc\nMINE=1\n");
  expect(readFileSync(written ?? "", "utf8")).toBe("OWN=1\n");
  const stays = staying(at.host, removal);
  for (const path of [changed, written]) {
    expect(stays).toContain(`${path} stays too, and a peer created there uses it`);
  }
});

test("a removal that was cut off before it is completed by the next create", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  await born(at.host, cwd);
  must(await unregisterPeer(at.host, "g"));
  const { warnings } = await born(at.host, cwd, { OTHER: "1" });
  expect(readFileSync(peerLayout(cwd).launchEnv("command"), "utf8")).toBe("OTHER=1\n");
  expect(warnings.join()).not.toContain("launch.env");
});

test("said twice, all of it is known; noted and not written, nothing is gone by", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  const { entry } = await born(at.host, cwd);
  must(addLaunchEnv(at.host, entry, { MORE: "1" }));
  const path = peerLayout(cwd).launchEnv("command");
  expect(envLeavings(at.host, cwd)).toEqual([{ path, how: "gone" }]);
  writeFileSync(path, "SECRET=abc\n");
  expect(envLeavings(at.host, cwd)).toEqual([{ path, how: "kept" }]);
});

test("nothing is taken from behind a symlink, nor from under a peer that lives there", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  await born(at.host, cwd);
  expect(await takeEnvBack(at.host, cwd)).toEqual([]);
  const other = join(at.dir, "other");
  mkdirSync(other);
  symlinkSync(join(cwd, ".iapeer"), join(other, ".iapeer"));
  expect(await takeEnvBack(at.host, other)).toEqual([]);
  expect(existsSync(peerLayout(cwd).launchEnv("command"))).toBe(true);
});

test("what cannot be taken away, or cannot be read, is said to stay", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  await born(at.host, cwd);
  const own = peerLayout(cwd).launchEnv("claude");
  mkdirSync(own, { recursive: true });
  const denied = { state: "failed", code: "EPERM", detail: "not permitted" } as const;
  const stuck = { ...at.host, files: { ...at.host.files, remove: () => denied } };
  const { entry } = must(await unregisterPeer(at.host, "g"));
  const path = peerLayout(entry.cwd).launchEnv("command");
  const left = await takeEnvBack(stuck, cwd);
  expect(new Set(left)).toEqual(
    new Set([
      { path, how: "kept" },
      { path: own, how: "kept" },
    ]),
  );
  expect(await takeEnvBack(at.host, cwd)).toContainEqual({ path, how: "gone" });
});

test("of the profiles that removals moved aside, only the latest is kept", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "g");
  const lives = [];
  for (let n = 0; n < 3; n += 1) {
    await born(at.host, cwd, {});
    lives.push(must(await unregisterPeer(at.host, "g")));
  }
  const aside = lives.map(({ profileMovedTo }) => profileMovedTo ?? "");
  expect(aside.map((path) => existsSync(path))).toEqual([false, false, true]);
  expect(lives[2]?.dropped).toEqual([aside[1] ?? ""]);
});
