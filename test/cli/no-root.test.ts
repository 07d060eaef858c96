// A typo in --root leaves nothing behind (storage contract): questions, previews, and verbs that
// are about something in a root make none; those say that there is none.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { VERBS } from "../../src/cli/tree.ts";
import { Program } from "./program.ts";

let program: Program;
beforeEach(() => {
  program = new Program();
});
afterEach(() => program.close());

/** Nothing of it is there afterwards. */
async function typed(...words: string[]) {
  const ran = await program.run(words);
  expect({ words, ...ran, made: existsSync(program.root) }).toMatchObject({ made: false });
  return ran;
}

describe("where there is no root", () => {
  test.each([
    [["wake", "nosuch"]],
    [["stop", "--all", "--yes"]],
    [["remove", "nosuch", "--preview"]],
    [["native-memory", "off", "--all"]],
    [["verify"]],
    [["verify", "--fix"]],
    [["why", "echo"]],
    [["logs", "echo"]],
    [["show", "echo"]],
    [["exits", "echo"]],
    [["live-runtime", "echo"]],
    [["events", "--peer", "echo"]],
  ])("%j says so, and what makes one", async (words) => {
    const { code, out, err } = await typed(...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^iapeer: there is no root at [^\n]*; iapeer create makes it[^\n]*\n$/);
    expect(err).toContain(program.root);
  });

  test.each([
    [["daemon", "install", "--manager", "embedded", "--preview"]],
    [["daemon", "uninstall", "--preview"]],
    [["daemon", "uninstall", "--yes"]],
    [["daemon", "stop"]],
    [["daemon", "start", "--preview"]],
    [["uninstall", "--preview"]],
    [["uninstall", "--yes"]],
    [["provider", "init", "sample"]],
  ])("%j goes on without one, and says so", async (words) => {
    mkdirSync(`${program.home}/own`);
    const ran = await program.run(words, { cwd: `${program.home}/own` });
    expect(ran.err).toContain(`there is no root at ${program.root}\n`);
    expect({ code: ran.code, made: existsSync(program.root) }).toEqual({ code: 0, made: false });
  });

  test.each([[["list"]], [["status"]], [["events"]], [["exits"]], [["daemon", "status"]]])(
    "%j only looks",
    async (words) => void (await typed(...words)),
  );

  test.each([[["status"]], [["daemon", "status"]]])("%j says that there is none", async (words) => {
    const { out, err } = await typed(...words);
    expect(out + err).toContain(`there is no root at ${program.root}`);
    expect(out + err).toContain("another one is named with --root");
  });

  test("uninstall does not say that it would keep it", async () => {
    expect((await typed("uninstall", "--preview")).out).not.toContain(program.root);
    expect((await typed("uninstall", "--delete-data", "--preview")).out).toBe("");
  });

  test("create makes it", async () => {
    const made = await program.run(["create", "echo", "--", "/bin/cat"]);
    expect(made).toMatchObject({ code: 0 });
    expect(existsSync(program.root)).toBe(true);
  });
});

test("the verbs that make a root are these", () => {
  const made = VERBS.filter(({ root }) => root === "made").map(({ name }) => name);
  expect(made.toSorted()).toEqual([
    "create",
    "daemon install",
    "daemon run",
    "daemon start",
    "init",
    "install",
    "rollback",
    "update",
  ]);
});

describe("where none can be made, nobody is told to make one:", () => {
  const QUESTIONS = [[["list"]], [["status"]], [["doctor"]], [["daemon", "status"]]];
  const ADVICE = /daemon (start|run)|create <name>|create makes it|verify --fix/;
  const WANTING = [[["verify"]], [["daemon", "start", "--preview"]], [["wake", "nosuch"]]];

  test.each(QUESTIONS)("%j of a root that is a symlink, and full", async (words) => {
    const root = `${program.home}/link`;
    const made = await program.run(["create", "echo", "--", "/bin/cat"]);
    expect(made).toMatchObject({ code: 0 });
    symlinkSync(program.root, root);
    const { out, err } = await program.run([...words, "--root", root]);
    expect(out + err).toContain(`cannot use the folder ${root}: it is a symlink`);
    expect(out + err).toContain("choose another root with --root");
    expect(out + err).not.toMatch(ADVICE);
  });

  test.each(QUESTIONS)("%j of a path below a file", async (words) => {
    writeFileSync(`${program.home}/file`, "");
    const root = `${program.home}/file/sub/root`;
    const { out, err } = await program.run([...words, "--root", root]);
    const why = `${program.home}/file is not a folder`;
    expect(out + err).toContain(`cannot use the folder ${root}: ${why}`);
    expect(out + err).not.toMatch(ADVICE);
  });

  test.each([...QUESTIONS, [["verify"]]])("%j of a root of unknown layout", async (words) => {
    const layout = `${program.root}/state/iapeer/layout.json`;
    mkdirSync(layout, { recursive: true });
    const { code, out, err } = await program.run(words);
    expect(out + err).toContain(`cannot read ${layout}`);
    expect(out + err).toContain("make the file readable, or move it away");
    expect(out + err).not.toMatch(ADVICE);
    if (words[0] !== "list") expect(code).toBe(1);
  });

  test.each(WANTING)("%j is refused likewise, with the reason", async (words) => {
    mkdirSync(`${program.home}/own/mine`, { recursive: true });
    writeFileSync(`${program.home}/file`, "");
    for (const root of [`${program.home}/own`, `${program.home}/file/root`]) {
      const { code, out, err } = await program.run([...words, "--root", root]);
      expect({ code, out }).toEqual({ code: expect.any(Number) as number, out: "" });
      expect(code).toBeGreaterThan(0);
      expect(err).toMatch(/is no root of iapeer, and is not empty|file is not a folder/);
      expect(err).not.toMatch(ADVICE);
    }
  });

  test.each(QUESTIONS)("%j of somebody's own folder", async (words) => {
    const root = `${program.home}/own`;
    mkdirSync(`${root}/mine`, { recursive: true });
    const { out, err } = await program.run([...words, "--root", root]);
    expect(out + err).toContain(`${root} is no root of iapeer, and is not empty`);
    expect(out + err).toContain("choose an empty folder");
    expect(out + err).not.toMatch(/daemon (start|run)|create <name>/);
  });

  test.each(QUESTIONS)("%j of a path without room for sockets", async (words) => {
    const root = `/nowhere/${"d".repeat(110)}`;
    const { out, err } = await program.run([...words, "--root", root]);
    expect(out + err).toContain(`too long for the sockets of sessions: ${root}`);
    expect(out + err).toContain("choose a shorter one with --root or IAPEER_ROOT");
    expect(out + err).not.toMatch(/daemon (start|run)|create <name>|typo/);
  });
});
