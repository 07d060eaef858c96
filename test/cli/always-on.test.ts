// A birth of a peer that is always on, beside a running daemon: it is up at once, unless the
// operator has stopped it or does not want to wait.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Program, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
beforeAll(() => program.startDaemon(), SLOW_MS);
afterAll(() => program.close(), SLOW_MS);

const stateOf = async (name: string): Promise<string> => {
  const { out } = await program.run(["show", name, "--json"]);
  return JSON.parse(out).runtimes[0].state;
};

test("init of a peer that was stopped leaves it stopped", async () => {
  const folder = join(program.home, "eve");
  mkdirSync(folder);
  const traits = ["--runtime", "command", "--always-on", "--", "/bin/cat"];
  const made = await program.run(["init", folder, ...traits]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toContain("the daemon holds it: it is up");
  expect(await stateOf("eve")).toBe("alive");
  expect(await program.run(["stop", "eve"])).toMatchObject({ code: 0 });
  const again = await program.run(["init", folder]);
  expect(again).toMatchObject({ code: 0, out: `${folder} is the peer eve (command) already\n` });
  expect(await stateOf("eve")).toBe("stopped");
}, SLOW_MS);

test("Ctrl-C ends the waiting for a new peer, which is there and is named", async () => {
  const root = ["--root", program.root];
  const words = ["create", "slow", "--always-on", "--ready", "never printed", ...root];
  const creating = program.start([...words, "--", "/bin/cat"]);
  await until("the notice", () => creating.err.includes("start slow…"));
  creating.signal("SIGINT");
  const { code, out, err } = await creating.done();
  expect(code).toBe(0);
  expect(out).toStartWith("created slow (command) in ");
  const next = `next: iapeer --root ${program.root} why slow\n`;
  expect(err).toContain(`it is not up yet: stopped waiting for start slow; ${next}`);
}, SLOW_MS);

const UNSTARTED = /^bell +notifier +asleep \(not started\) /;

/** The table's line of it; a try that is under way is waited out. */
async function bellsRow(verb: readonly string[]): Promise<string> {
  let row = "";
  await until("a table between two tries", async () => {
    const { out } = await program.run(verb);
    row = out.split("\n").find((line) => line.startsWith("bell ")) ?? "";
    return !row.includes("starting");
  });
  return row;
}

test("a program that is not there: one launch, its place named once, and tried again", async () => {
  const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
  const made = await program.run(["create", "bell", "--runtime", "notifier"]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.err).toContain("it is not up yet: notifier-runtime is not in the PATH of the sess");
  expect(made.err.split(PATH)).toHaveLength(2);
  const { out: because } = await program.run(["why", "bell"]);
  expect(because).toContain("It could not be started: notifier-runtime is not in the PATH");
  expect(because).not.toContain(PATH);
  const env = join(program.root, "peers/bell/.iapeer/runtimes/notifier/launch.env");
  const remedy = `  next     Install it, or give IAPEER_PROGRAM=/its/path in ${env}; `;
  expect(because).toContain(`${remedy}it is tried again in `);
  const tries = async (): Promise<readonly number[]> => {
    const { out } = await program.run(["exits", "bell", "--all", "--json"]);
    return out.trim().split("\n").map((line) => Date.parse(JSON.parse(line).ts));
  };
  await until("two more tries", async () => (await tries()).length >= 3);
  const [first = 0, second = 0] = await tries();
  expect(second - first).toBeGreaterThan(900);
  const { out: status } = await program.run(["status"]);
  expect(status).toContain("bell: it is always on, and could not be started: notifier-runtime");
  for (const verb of [["list"], ["top", "--once"]]) expect(await bellsRow(verb)).toMatch(UNSTARTED);
  // From the files alone it is no different.
  expect(await program.run(["daemon", "stop"])).toMatchObject({ code: 0 });
  expect(await bellsRow(["list"])).toMatch(UNSTARTED);
  expect((await program.run(["why", "bell"])).out).toContain(remedy);
}, SLOW_MS);
