// A pane log that somebody removes or moves under a living session: the daemon has it opened anew,
// and nobody writes into the one that is gone any more (lifecycle §7, §8).

import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { identityOf, type RuntimeName } from "../../src/core/names.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

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

/** How many processes of this host write there, by the kernel's word. */
const writersOf = (path: string): number =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && stdoutOf(pid) === path).length;

const IS_LINUX = process.platform === "linux";
if (!IS_LINUX) console.warn("skipped: who writes a file is looked at in /proc");

test.skipIf(!IS_LINUX).each([
  ["removed", (log: string) => rmSync(log), (log: string) => `${log} (deleted)`],
  ["moved", (log: string) => renameSync(log, `${log}.old`), (log: string) => `${log}.old`],
])("one that was %s is there again, and has what is said from then on", async (...row) => {
  const [, take, gone] = row;
  await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
  const name = await fleet.create("peer", ["/bin/sh", "-c", ECHO]);
  await fleet.startDaemon();
  await fleet.wake(name);
  const { layout } = fleet.app.host;
  const log = layout.paneLog(identityOf("command" as RuntimeName, name));
  await eventually("its log is written", () => writersOf(log) === 1);
  take(log);
  expect(writersOf(gone(log))).toBe(1);
  await eventually("it is opened anew", () => existsSync(log) && writersOf(log) === 1);
  await eventually("nobody writes the old one", () => writersOf(gone(log)) === 0);
  const told = await fleet.cli(["wake", name, "--message", "hello"]);
  expect(told.code).toBe(0);
  await eventually("it has what is said", () => readFileSync(log, "utf8").includes("heard hello"));
  const lines = readFileSync(layout.lifecycleLog, "utf8");
  expect(lines.split("action=reopened-pane-log")).toHaveLength(2);
  expect(fleet.ends(name)).toEqual([]);
  await mustHold(fleet);
}, 60_000);
