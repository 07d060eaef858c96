// Lifecycle §5's invariant on real processes: whatever subset of {server, pane process, canary
// client, recorder, daemon} is killed, in whatever order, after the next daemon start every
// generation has exactly one end record, and no end record names a living server.

import { describe, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { eventually, Fleet, type Parts } from "./fleet.ts";
import { mustHold } from "./judge.ts";

type Part = keyof Parts | "daemon";
const PARTS: readonly Part[] = ["server", "pane", "recorder", "client", "daemon"];

const subsets: readonly (readonly Part[])[] = Array.from({ length: 31 }, (_, index) =>
  PARTS.filter((_part, bit) => ((index + 1) >> bit) & 1),
);

/** The same order for the same seed and subset. */
function shuffled(parts: readonly Part[], seed: number): readonly Part[] {
  const keyed = parts.map((part, index) => ({
    part,
    key: Bun.hash(`${seed} ${parts.join()} ${index}`),
  }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ part }) => part);
}

const ends = (parts: readonly Part[]) => parts.includes("server") || parts.includes("pane");

async function kill(fleet: Fleet, parts: Parts, order: readonly Part[]): Promise<void> {
  for (const part of order) {
    if (part === "daemon") await fleet.killDaemon();
    else fleet.app.host.processes.signal(parts[part], "KILL");
  }
}

describe("any subset of the processes, killed in any order", () => {
  const withDaemon = subsets.filter((subset) => subset.includes("daemon"));
  const without = subsets.filter((subset) => !subset.includes("daemon"));

  for (const seed of [1, 2, 3]) {
    test(`the daemon lives, order ${seed}`, async () => {
      await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
      const names = await peers(fleet, without.length);
      const parts = await Promise.all(names.map((name) => fleet.parts(name)));
      await Promise.all(
        names.map((_, at) => kill(fleet, parts[at] as Parts, shuffled(without[at] ?? [], seed))),
      );
      await settled(fleet, names, without);
      await mustHold(fleet);
    }, 60_000);

    test(`the daemon dies with them, order ${seed}`, async () => {
      await using fleet = new Fleet({ env: { IAPEER_TICK_SECS: "1" } });
      const names = await peers(fleet, withDaemon.length);
      const parts = await Promise.all(names.map((name) => fleet.parts(name)));
      await Promise.all(
        names.map((_, at) => kill(fleet, parts[at] as Parts, shuffled(withDaemon[at] ?? [], seed))),
      );
      await fleet.killDaemon();
      await fleet.startDaemon();
      await settled(fleet, names, withDaemon);
      await mustHold(fleet);
    }, 60_000);
  }
});

async function peers(fleet: Fleet, count: number): Promise<readonly Personality[]> {
  const names: Personality[] = [];
  for (let at = 0; at < count; at += 1) names.push(await fleet.create(`peer-${at}`, ["cat"]));
  await fleet.startDaemon();
  await Promise.all(names.map((name) => fleet.wake(name)));
  return names;
}

/** The condition is the invariant's own subject: those that had to end have, on record. */
async function settled(
  fleet: Fleet,
  names: readonly Personality[],
  killed: readonly (readonly Part[])[],
): Promise<void> {
  await eventually("every ended life is on record", () =>
    names.every((name, at) => {
      const [start] = fleet.starts(name);
      const over = !fleet.isAlive(start?.server);
      return ends(killed[at] ?? []) ? over && fleet.ends(name).length === 1 : !over;
    }),
  );
}
