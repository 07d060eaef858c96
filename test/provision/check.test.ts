// `iapeer provider init` and `provider check`: the sample holds in both languages, and each
// mistake of a provider is found and named.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Program } from "../cli/program.ts";
import { V1 } from "./place.ts";

const TIMEOUT_MS = 60_000;

let program: Program;
beforeEach(() => void (program = new Program()));
afterEach(() => program.close());

interface Point {
  readonly point: string;
  readonly result: "ok" | "warn" | "failed";
  readonly detail: string;
}

async function check(file: string, more: Readonly<Record<string, string>> = {}) {
  const env = { TMPDIR: program.home, ...more };
  const { code, out, err } = await program.run(["provider", "check", file, "--json"], { env });
  expect(err).toBe("");
  const { points, counts } = JSON.parse(out) as { points: Point[]; counts: Record<string, number> };
  const of = (result: Point["result"]) => points.filter((point) => point.result === result);
  return { code, points, counts, failed: of("failed"), warned: of("warn") };
}

/** A declaration whose both commands are one sh script: `$1` direction, `$2` cwd. */
function declare(script: string, args: readonly string[] = ["{cwd}"]): string {
  const command = join(program.home, "provider");
  writeFileSync(command, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o755);
  const both = (way: string) => ({ command, args: [way, ...args] });
  return write({ ...V1, provision: both("on"), unprovision: both("off") });
}

function write(declaration: unknown): string {
  const file = join(program.home, "declaration.json");
  writeFileSync(file, JSON.stringify(declaration));
  return file;
}

test("the sample is written, holds in sh and in TypeScript, and is not written over", async () => {
  const init = await program.run(["provider", "init", "my memory"], { cwd: program.home });
  expect(init.code).toBe(0);
  const dir = join(program.home, "my memory");
  expect(readdirSync(dir).toSorted()).toEqual([
    "memory-provider-ts.json",
    "memory-provider.json",
    "provider.sh",
    "provider.ts",
  ]);
  for (const name of ["memory-provider.json", "memory-provider-ts.json"]) {
    const { code, counts } = await check(join(dir, name));
    expect([code, counts]).toEqual([0, { ok: 47, warn: 0, failed: 0 }]);
  }
  writeFileSync(join(dir, "provider.sh"), "mine");
  const again = await program.run(["provider", "init", "my memory"], { cwd: program.home });
  expect(again.code).toBe(1);
  expect(readFileSync(join(dir, "provider.sh"), "utf8")).toBe("mine");
}, TIMEOUT_MS);

test("a folder that is there already keeps its mode", async () => {
  mkdirSync(join(program.home, "private"), { mode: 0o700 });
  const cwd = join(program.home, "private");
  expect((await program.run(["provider", "init", "."], { cwd })).code).toBe(0);
  expect(statSync(cwd).mode & 0o777).toBe(0o700);
}, TIMEOUT_MS);

test("the sample gives a peer its page, and takes it back", async () => {
  await program.run(["provider", "init", "m"], { cwd: program.home });
  const slot = join(program.root, "memory-provider.json");
  await program.run(["create", "first", "--runtime", "claude"]);
  writeFileSync(slot, readFileSync(join(program.home, "m/memory-provider.json"), "utf8"));
  expect((await program.run(["memory-plugin", "on", "--all"])).code).toBe(0);
  const page = join(program.root, "peers/first/.iapeer/fragments/memory-claude.md");
  const notes = join(program.home, ".sample-memory/first.md");
  expect(readFileSync(page, "utf8")).toContain(notes);
  writeFileSync(notes, "remembered");
  expect((await program.run(["remove", "first", "--yes"])).code).toBe(0);
  expect(existsSync(page)).toBe(false);
  expect(readFileSync(notes, "utf8")).toBe("remembered");
}, TIMEOUT_MS);

describe("a declaration", () => {
  test.each([
    [{ provider: "acme" }, "declaration", "package: "],
    [{ ...V1, provision: { command: "p", args: [] } }, "declaration: provision", "absolute path"],
    [{ ...V1, provision: { command: "/bin/true", args: [] } }, "unprovision", "declares no unprov"],
    [V1, "provision", "neither commands nor a plugin"],
  ])("%j does not hold, and no command is run", async (declaration, point, why) => {
    const { code, failed } = await check(write(declaration));
    expect(code).toBe(1);
    const found = failed.find((one) => one.point === point);
    expect(found?.detail).toContain(why);
  }, TIMEOUT_MS);

  test("of the deprecated form is warned about", async () => {
    const plugin = { name: "m", marketplace: "k", marketplaceRef: "r" };
    const { code, warned } = await check(write({ ...V1, plugin }));
    expect([code, warned.length]).toEqual([0, 2]);
    expect(warned[0]?.detail).toContain("deprecated");
  }, TIMEOUT_MS);

  test("that is not there does not hold", async () => {
    const { failed } = await check(join(program.home, "nowhere.json"));
    expect(failed[0]?.detail).toBe(`there is no ${join(program.home, "nowhere.json")}`);
  }, TIMEOUT_MS);
});

describe("a provider that", () => {
  const mistakes: readonly (readonly [string, string, string])[] = [
    ["lets a shell read the values", 'eval "echo $2" > /dev/null; exit 0', "was executed"],
    ["quotes them, and lets a shell read them", `sh -c "echo '$2'"; exit 0`, "was executed"],
    ["does not quote", "cd $2", "failed, exit"],
    ["is not idempotent", '[ "$1" = off ] || echo x >> "$2/page"', "the second time changed"],
    ["fails the second time", '[ "$1" = off ] || mkdir "$2/m"', "the second time: failed"],
    ["changes the profile", 'echo >> "$2/.iapeer/peer-profile.json"', "profile was changed"],
    ["needs the folder at a removal", '[ -d "$2" ] || exit 6', "failed, exit 6"],
    ["fails", "echo broken >&2; exit 9", "failed, exit 9: broken"],
  ];

  test.each(mistakes)("%s does not hold", async (_, script, why) => {
    const { code, failed } = await check(declare(script));
    expect(code).toBe(1);
    expect(failed.map(({ detail }) => detail).join("\n")).toContain(why);
    // Its folder is /, and nothing that a name does may come about there.
    expect(existsSync("/pwned")).toBe(false);
  }, TIMEOUT_MS);

  test("cannot be executed is told once a life, and not once an occasion", async () => {
    const command = { command: "/nowhere/provider", args: [] };
    const { failed } = await check(write({ ...V1, provision: command, unprovision: command }));
    expect(failed.map(({ point }) => point.split(":")[0])).toEqual([
      ...Array.from({ length: 7 }, () => "birth"),
      "remove when the peer's folder is gone",
    ]);
  }, TIMEOUT_MS);

  test("hangs is not driven through the rest of a life", async () => {
    const file = declare('echo "$1" >> "$(dirname "$0")/calls"; sleep 300');
    const { failed } = await check(file, { IAPEER_PROVISION_TIMEOUT_MS: "300" });
    const points = new Set(failed.map(({ point }) => point.split(":")[0]));
    expect([...points]).toEqual(["birth", "remove when the peer's folder is gone"]);
    expect(failed[0]?.detail).toStartWith("timeout, SIGTERM");
    const calls = readFileSync(join(program.home, "calls"), "utf8").trim().split("\n");
    expect(calls.filter((way) => way === "on")).toHaveLength(7);
  }, TIMEOUT_MS);

  test("leaves something, or mistypes a placeholder, is warned about", async () => {
    const leaves = '[ "$1" = off ] || : > "$2/left"';
    const { code, warned } = await check(declare(leaves, ["{cwd}", "{folder}"]));
    expect(code).toBe(0);
    const said = warned.map(({ detail }) => detail).join("\n");
    expect(said).toContain("in the peer's folder: left");
    expect(said).toContain("{folder} is no placeholder");
  }, TIMEOUT_MS);
});

test("nothing of a check is left, and nothing of the person's is touched", async () => {
  await check(declare('mkdir -p "$HOME/x" && echo "$HOME" >> "$(dirname "$0")/homes"'));
  const homes = new Set(readFileSync(join(program.home, "homes"), "utf8").trim().split("\n"));
  expect([...homes].filter((home) => home === program.home)).toEqual([]);
  expect(readdirSync(program.home).filter((name) => name.startsWith("iapeer-check"))).toEqual([]);
}, TIMEOUT_MS);

test("without a file: which path was looked at, and how one is begun", async () => {
  const { code, out, err } = await program.run(["provider", "check"]);
  expect({ code, err }).toEqual({ code: 1, err: "next: iapeer provider init\n" });
  expect(out).toStartWith(`failed  declaration  there is no ${program.root}/`);
});

test("of a folder: leads to the declaration in it, and is silent where there is none", async () => {
  const folder = join(program.home, "it's mine");
  mkdirSync(folder);
  expect(await program.run(["provider", "check", folder])).toMatchObject({ code: 1, err: "" });
  writeFileSync(join(folder, "memory-provider.json"), "{}");
  const { err } = await program.run(["provider", "check", folder]);
  const inside = `'${program.home}/it'\\''s mine/memory-provider.json'`;
  expect(err).toBe(`next: iapeer provider check ${inside}\n`);
});

test(
  "the points of one folder stay together",
  async () => {
    const { points } = await check(declare("exit 0"));
    const folders = points.flatMap(({ point }) => / in (".*")$/.exec(point)?.[1] ?? []);
    const runs = folders.filter((folder, i) => folder !== folders[i - 1]);
    expect(runs.length).toBeGreaterThan(4);
    expect(runs).toEqual([...new Set(folders)]);
  },
  TIMEOUT_MS,
);
