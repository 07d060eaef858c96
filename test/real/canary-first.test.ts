// How a server died is the canary's to say (lifecycle §5): it has the forensics. Whoever ends what
// is left of that session, and starts the next, does not come before it.

import { expect, test } from "bun:test";

import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";
import { processes } from "./host-under-test.ts";

/** A program with a child of its own, as an agent has. */
const LOOP = ["/bin/sh", "-c", "while :; do sleep 1000; done"];

test("an always-on peer's restart leaves its death to its canary", async () => {
  await using fleet = new Fleet();
  const names = ["a", "b", "c", "d"];
  const peers = [];
  for (const name of names) peers.push(await fleet.create(name, LOOP, { alwaysOn: true }));
  await fleet.startDaemon();
  for (const peer of peers) await fleet.wake(peer);
  for (const peer of peers) {
    const { server, pane } = await fleet.parts(peer);
    await eventually("its child", () => processes.descendants(pane).length > 0);
    processes.signal(server, "KILL");
    await eventually("its end is on record", () => fleet.ends(peer).length === 1);
    const [end] = fleet.ends(peer);
    expect(end).toMatchObject({ by: "canary", cause: "server-vanished" });
    expect(end?.forensics).toBeString();
  }
  await mustHold(fleet);
}, 60_000);
