// The daemon as the first process of a container, which inherits every orphan: dead ones must not
// stay as zombies, or a fleet uses up the container's pids.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { hasOwnPids, OWN_PIDS } from "./own-pids.ts";

function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.flatMap((task) => {
    const text = readFileSync(`/proc/${pid}/task/${task}/children`, "latin1");
    return text.split(" ").map(Number).filter((child) => child > 0);
  });
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false; // It has been waited for.
  }
}

test("what has ended is waited for", async () => {
  if (!hasOwnPids()) return;
  await using fleet = new Fleet({ holder: OWN_PIDS, env: { IAPEER_TICK_SECS: "1" } });
  await fleet.startDaemon();
  const [daemon = 0] = childrenOf(fleet.daemonPid);
  const zombies = () => childrenOf(daemon).filter(isZombie);
  const peer = await fleet.create("a", ["/bin/cat"]);
  await fleet.wake(peer);
  const { client } = fleet.app;
  await client.verb({ personality: peer, verb: "stop", request: {} });
  await eventually("nothing of it is left", () => zombies().length === 0);
  // Its own children's ends are still told to it.
  await client.verb({ personality: peer, verb: "start", request: {} });
  const again = await client.verb({ personality: peer, verb: "stop", request: {} });
  expect(again).toMatchObject({ state: "answered", value: { result: "done" } });
  expect(fleet.ends(peer).map(({ ev }) => ev)).toEqual(["teardown", "teardown"]);
}, 60_000);
