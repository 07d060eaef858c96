// A real tmux that is suspended while the daemon starts, of a launch of which no record says how it
// went: the daemon answers all the same, and its own peer waits.

import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";

import { pathsOf, readPids, writeStart } from "../../src/flows/session/records.ts";
import type { StartRecord } from "../../src/core/generation.ts";
import type { Personality } from "../../src/core/names.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

/** As it is while a launch is under way. */
function forgetServer(fleet: Fleet, start: StartRecord): void {
  const { host } = fleet.app;
  const { server: _server, pane: _pane, ...first } = start;
  writeStart(host, first);
  rmSync(pathsOf(host, start).pids, { force: true });
}

async function stateOf(fleet: Fleet, name: Personality): Promise<string | undefined> {
  const listed = await fleet.cli(["list", "--json"]);
  const { peers } = JSON.parse(listed.out) as {
    peers: readonly { personality: string; runtimes: readonly { state: string }[] }[];
  };
  return peers.find(({ personality }) => personality === name)?.runtimes[0]?.state;
}

const tellings = (fleet: Fleet) =>
  readFileSync(fleet.app.host.layout.lifecycleLog, "utf8").match(/ev=started .*/g) ?? [];

test("a daemon is not deaf for a tmux that hangs", async () => {
  await using fleet = new Fleet();
  const { processes } = fleet.app.host;
  const hung = await fleet.create("hung", ["/bin/cat"]);
  const fine = await fleet.create("fine", ["/bin/cat"]);
  await fleet.startDaemon();
  for (const name of [hung, fine]) await fleet.wake(name);
  const { server } = await fleet.parts(hung);
  const [start] = fleet.starts(hung);
  if (start === undefined) throw new Error("it has never lived");
  if (process.platform === "linux") {
    await eventually("its note", () => readPids(fleet.app.host, start) !== null);
  }
  await fleet.killDaemon();
  forgetServer(fleet, start);
  process.kill(server.pid, "SIGSTOP");
  await fleet.startDaemon();
  expect(tellings(fleet)).toHaveLength(1);
  expect(await stateOf(fleet, hung)).toBe("unknown");
  expect(await stateOf(fleet, fine)).toBe("alive");
  expect(await fleet.cli(["stop", fine])).toMatchObject({ code: 0 });
  const stopping = fleet.cli(["stop", hung]);
  process.kill(server.pid, "SIGCONT");
  expect(await stopping).toMatchObject({ code: 0 });
  expect(processes.liveness(server)).toBe("dead");
  await eventually("the start is told", () => tellings(fleet).length === 2);
  await mustHold(fleet);
}, 60_000);
