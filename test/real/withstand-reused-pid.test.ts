// Never a signal to a process that is not ours (lifecycle §2): records whose pids now belong to
// an innocent process of the test. Reconcile, stop, new and remove leave it alone; with the check
// of the start time taken out, it is hit, so that this test is known to see it.

import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import type { Verb } from "../../src/core/api.ts";
import type { Personality } from "../../src/core/names.ts";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import type { Host } from "../../src/ports/host.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";
import { Innocent } from "./innocent.ts";

const VERBS = ["stop", "new", "remove", "wake"] as const satisfies readonly Verb[];

/** A peer whose processes are gone, and whose records name the innocent's pid. */
async function haunted(fleet: Fleet, name: Personality, innocent: Innocent): Promise<void> {
  const { host } = fleet.app;
  const parts = await fleet.parts(name);
  for (const part of [parts.recorder, parts.client, parts.pane, parts.server]) {
    host.processes.signal(part, "KILL");
  }
  await eventually("it is gone", () => !fleet.isAlive(parts.server) && !fleet.isAlive(parts.pane));
  const start = fleet.starts(name).at(-1);
  if (start === undefined) throw new Error("it has never lived");
  const reused = (part: { start: string }) => ({ pid: innocent.ref.pid, start: part.start });
  const { server, pane, recorder } = parts;
  const record = { ...start, server: reused(server), pane: reused(pane) };
  const paths = pathsOf(host, start);
  rmSync(paths.end, { force: true });
  writeFileSync(paths.start, renderStartRecord(record));
  writeFileSync(paths.canaryPid, `${JSON.stringify(reused(recorder))}\n`);
}

async function hauntedFleet(fleet: Fleet, innocent: Innocent): Promise<readonly Personality[]> {
  const names: Personality[] = [];
  for (const verb of VERBS) names.push(await fleet.create(`for-${verb}`, ["/bin/cat"]));
  await fleet.startDaemon();
  await Promise.all(names.map((name) => fleet.wake(name)));
  await fleet.killDaemon();
  for (const name of names) await haunted(fleet, name, innocent);
  rmSync(fleet.app.host.layout.exitsLog, { force: true });
  return names;
}

describe("a pid that was reused", () => {
  test("is never signalled", async () => {
    await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
    await using innocent = await Innocent.start(fleet.home);
    const names = await hauntedFleet(fleet, innocent);
    await fleet.startDaemon();
    await mustHold(fleet);
    for (const [at, name] of names.entries()) {
      const verb = VERBS[at] ?? "stop";
      const told = await fleet.app.client.verb({ personality: name, verb, request: {} });
      const result = told.state === "answered" ? told.value.result : told.state;
      expect({ verb, result }).toEqual({
        verb,
        result: verb === "new" || verb === "wake" ? "woke" : "done",
      });
    }
    expect((await fleet.cli(["stop", "--all", "--yes"])).code).toBe(0);
    await mustHold(fleet);
    expect(innocent.signalled()).toEqual([]);
  }, 60_000);

  test("would be, if only the pid were looked at", async () => {
    await using fleet = new Fleet();
    await using innocent = await Innocent.start(fleet.home);
    const [first] = await hauntedFleet(fleet, innocent);
    if (first === undefined) throw new Error("no peer");
    const host = trusting(fleet.app.host);
    const watch = createDeathWatch(host.config, host.clock, host.processes);
    const supervisor = createSupervisor(host, watch);
    try {
      await supervisor.start();
      await supervisor.verb({ personality: first, verb: "stop", request: {} });
    } finally {
      await supervisor.stop();
    }
    await eventually("the innocent is hit", () => innocent.signalled().length > 0);
  }, 60_000);
});

/** The guard taken out: whoever has the pid now is taken for the process on record. */
function trusting(host: Host): Host {
  const { processes } = host;
  const now = (pid: number) => {
    const found = processes.identify(pid);
    return found === null || found === "unknown" ? { pid, start: "0" } : found;
  };
  return {
    ...host,
    processes: {
      ...processes,
      liveness: ({ pid }) => processes.liveness(now(pid)),
      signal: ({ pid }, signal) => processes.signal(now(pid), signal),
      descendants: ({ pid }) => processes.descendants(now(pid)),
    },
  };
}
