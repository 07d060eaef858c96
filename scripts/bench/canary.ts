// Figure: what the canary of one peer costs while it waits: memory, processes, wake-ups.

import type { Bench, Figure, Measured } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { family, pssKb, rssKb, switches } from "./kernel.ts";
import { sum } from "./statistics.ts";

const MB = 1024;
const SETTLE_MS = 2000;

export const canary: Figure = {
  name: "canary",
  what: "the canary of the only peer of a host, while it waits",
  targets: [
    { of: "rss_mb", most: 6 },
    { of: "processes", most: 2 },
    { of: "wake_ups", most: 0 },
  ],
  measure,
};

/** One peer: with more of them, each would have a smaller share of what they have in common. */
async function measure(bench: Bench): Promise<Measured> {
  const seconds = bench.pick({ full: 60, quick: 10, smoke: 1 });
  const fleet = new Fleet(bench.place(), { count: 1 });
  await fleet.startDaemon();
  await fleet.startAll();
  const [name] = fleet.names;
  if (name === undefined) throw new Error("a fleet of none");
  const pids = family(await fleet.canaryPid(fleet.life(name)));
  await Bun.sleep(SETTLE_MS);
  const taken = () => sum(pids.map(switches));
  const before = taken();
  bench.note(`watching for ${seconds} s`);
  await Bun.sleep(seconds * 1000);
  return {
    runs: { seconds },
    figures: {
      pss_mb: sum(pids.map(pssKb)) / MB,
      rss_mb: sum(pids.map(rssKb)) / MB,
      processes: pids.length,
      wake_ups: taken() - before,
    },
    baseline: {},
    ratio: {},
  };
}
