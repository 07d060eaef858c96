// Daemon, canary and server killed together (lifecycle §5): the next daemon's record says no more
// than what is known, of real processes, and of an always-on peer as of any other.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Personality } from "../../src/core/names.ts";
import { eventually, Fleet } from "./fleet.ts";
import { mustHold } from "./judge.ts";

const SLEEP = ["/bin/sleep", "600"];

/** Nobody of ours is left to see how they end; returns when they had ended. */
async function killAll(fleet: Fleet, names: readonly Personality[]): Promise<number> {
  const all = await Promise.all(names.map((name) => fleet.parts(name)));
  await fleet.killDaemon();
  const { processes } = fleet.app.host;
  for (const { recorder, client, server } of all) {
    for (const ref of [recorder, client, server]) processes.signal(ref, "KILL");
  }
  const servers = all.map(({ server }) => server);
  await eventually("all are dead", () => !servers.some((server) => fleet.isAlive(server)));
  return Date.now();
}

const at = (instant: string | undefined): number => Date.parse(instant ?? "");

function healthOf(fleet: Fleet, name: Personality): number {
  const log = readFileSync(fleet.app.host.layout.lifecycleLog, "utf8");
  const lines = log.split("\n").filter((line) => line.includes("health_ms="));
  const line = lines.find((each) => each.includes(` identity=${fleet.identity(name)} `));
  return Number(/health_ms=(\d+)/.exec(line ?? "")?.[1] ?? Number.NaN);
}

test("a life between two heartbeats lived at least from its beginning", async () => {
  await using fleet = new Fleet();
  const name = await fleet.create("echo", SLEEP);
  await fleet.startDaemon();
  await Bun.sleep(300);
  await fleet.wake(name);
  await killAll(fleet, [name]);
  await Bun.sleep(1500);
  await fleet.startDaemon();
  await eventually("its death is counted", () => !Number.isNaN(healthOf(fleet, name)));
  const [end] = fleet.ends(name);
  const [start] = fleet.starts(name);
  expect(end).toMatchObject({ cause: "unwitnessed", by: "daemon" });
  expect(at(end?.since)).toBe(start?.startedWall ?? Number.NaN);
  expect(healthOf(fleet, name)).toBe(0);
  await mustHold(fleet);
}, 60_000);

test("an always-on peer that is back at once died before that, and unwitnessed", async () => {
  const env = { IAPEER_TICK_SECS: "1", IAPEER_RESTART_HEALTHY_SECS: "1" };
  await using fleet = new Fleet({ env });
  const held = await fleet.create("bell", SLEEP, { alwaysOn: true });
  const other = await fleet.create("echo", SLEEP);
  await fleet.startDaemon();
  await fleet.wake(other);
  await eventually("it is up", () => fleet.starts(held).at(-1)?.pane !== undefined);
  await Bun.sleep(3000);
  const dead = await killAll(fleet, [held, other]);
  await Bun.sleep(1000);
  await fleet.startDaemon();
  await eventually("both are on record", () =>
    [held, other].every((name) => fleet.ends(name).length === 1),
  );
  for (const name of [held, other]) {
    const [end] = fleet.ends(name);
    const [start, next] = fleet.starts(name);
    expect(end).toMatchObject({ cause: "unwitnessed", by: "daemon" });
    expect(at(end?.since)).toBeGreaterThanOrEqual(start?.startedWall ?? Number.NaN);
    expect(at(end?.since)).toBeLessThanOrEqual(dead);
    if (name === held) expect(at(end?.ts)).toBeLessThanOrEqual(next?.startedWall ?? Number.NaN);
  }
  await mustHold(fleet);
}, 60_000);
