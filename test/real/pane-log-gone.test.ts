// A pane log that somebody removes, moves or replaces under a living session, or whose writer has
// ended, as it does on a full disk: the daemon has it opened anew, and nobody writes into one that
// is gone any more (lifecycle §7, §8).

import { expect, test } from "bun:test";
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { identityOf, type RuntimeName } from "../../src/core/names.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";
import { fill, hasSmallDisk, SMALL_DISK } from "./small-disk.ts";

/** Says what it is told. */
const ECHO = 'while read -r line; do echo "heard $line"; done';

/** Where a process writes; empty: it is gone, or may not be looked at. */
function stdoutOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/1`);
  } catch {
    return "";
  }
}

/** Processes of this host that write there, by the kernel's word. */
const writersOf = (path: string): readonly number[] =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && stdoutOf(pid) === path).map(Number);

async function talker(fleet: Fleet, script = ECHO) {
  const name = await fleet.create("peer", ["/bin/sh", "-c", script]);
  await fleet.startDaemon();
  await fleet.wake(name);
  const { layout } = fleet.app.host;
  const log = layout.paneLog(identityOf("command" as RuntimeName, name));
  await eventually("its log is written", () => writersOf(log).length === 1);
  const reopened = () =>
    readFileSync(layout.lifecycleLog, "utf8").split("action=reopened-pane-log").length - 1;
  const hears = async (words: string) => {
    const told = await fleet.cli(["wake", name, "--message", words]);
    expect(told.code).toBe(0);
    await eventually(words, () => readFileSync(log, "utf8").includes(`heard ${words}`));
  };
  return { name, log, reopened, hears };
}

const IS_LINUX = process.platform === "linux";
if (!IS_LINUX) console.warn("skipped: who writes a file is looked at in /proc");

/** As `sed -i` does. */
function replace(log: string): void {
  writeFileSync(`${log}.new`, "");
  renameSync(`${log}.new`, log);
}

/** Side by side: they mostly wait. */
const together = IS_LINUX ? test.concurrent : test.skip;

together.each([
  ["removed", (log: string) => rmSync(log), (log: string) => `${log} (deleted)`],
  ["replaced", replace, (log: string) => `${log} (deleted)`],
  ["moved", (log: string) => renameSync(log, `${log}.old`), (log: string) => `${log}.old`],
] as const)("one that was %s is there again, with what is said from then on", async (...row) => {
  const [, take, gone] = row;
  await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
  const { name, log, reopened, hears } = await talker(fleet);
  take(log);
  expect(writersOf(gone(log))).toHaveLength(1);
  await eventually("it is opened anew", () => existsSync(log) && writersOf(log).length === 1);
  await eventually("nobody writes the old one", () => writersOf(gone(log)).length === 0);
  await hears("hello");
  expect(reopened()).toBe(1);
  expect(fleet.ends(name)).toEqual([]);
  await mustHold(fleet);
}, 60_000);

together("one that was replaced while no daemon looked parks nobody at work", async () => {
  await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1", IAPEER_IDLE_SECS: "3" } });
  const { name, log, reopened } = await talker(fleet, "while :; do echo on; sleep 0.2; done");
  await fleet.killDaemon();
  replace(log);
  await fleet.startDaemon();
  await eventually("it is opened anew", () => writersOf(log).length === 1);
  // It is told of once tmux has answered.
  await eventually("that is told", () => reopened() > 0);
  expect([reopened(), fleet.ends(name)]).toEqual([1, []]);
  await mustHold(fleet);
}, 60_000);

together("one whose writer has ended gets another", async () => {
  await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
  const { name, log, reopened, hears } = await talker(fleet);
  await hears("one");
  for (const writer of writersOf(log)) process.kill(writer, "SIGKILL");
  await eventually("nobody writes it", () => writersOf(log).length === 0);
  await eventually("it is looked at, and opened anew", async () => {
    await fleet.cli(["wake", name]);
    return writersOf(log).length === 1;
  });
  await hears("two");
  expect(reopened()).toBe(1);
  expect(readFileSync(log, "utf8")).toContain("heard one");
  expect(fleet.ends(name)).toEqual([]);
  await mustHold(fleet);
}, 60_000);

/** Prints on, whatever becomes of it. */
const TICKING = "while :; do printf '%01000d\\n' 0; sleep 0.05; done";

const onSmallDisk = IS_LINUX && hasSmallDisk() ? test.concurrent : test.skip;

onSmallDisk("a full disk ends the writer, and room brings another", async () => {
  await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" }, ...SMALL_DISK });
  const { name, log } = await talker(fleet, TICKING);
  const ballast = join(fleet.home, "ballast");
  await eventually("its writer has ended", () => {
    fill(ballast);
    return writersOf(log).length === 0;
  });
  const told = async () => (await fleet.app.client.status()).state_trouble;
  await eventually("the daemon has noticed", async () => (await told()) !== undefined);
  rmSync(ballast);
  await eventually("it is written again", () => writersOf(log).length === 1);
  expect(fleet.ends(name)).toEqual([]);
  await mustHold(fleet);
}, 60_000);
