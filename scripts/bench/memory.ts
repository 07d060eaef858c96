// Figure: the daemon's memory with many live peers, and whether memory, descriptors or processes
// grow with wakes and parks; beside an empty Bun process.

import { emptyBun } from "./bare.ts";
import type { Bench, Figure, Measured, Numbers } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { children, openFiles, pssKb, rssKb } from "./kernel.ts";
import { eachOf } from "./place.ts";
import { slope } from "./statistics.ts";

/** Peers that are woken and parked in turns. */
const CYCLED = 8;
const SAMPLES = 40;
/** The collector of a held daemon runs every ten seconds. */
const SETTLE_MS = 30_000;
const MB = 1024;

export const memory: Figure = {
  name: "memory",
  what: "the daemon's memory with many peers, and after many wakes and parks",
  targets: [
    { of: "rss_with_peers_mb", most: 120 },
    { of: "rss_after_cycles_mb", most: 120 },
    { of: "descriptors_grown", most: 0 },
    { of: "children_grown", most: 0 },
  ],
  measure,
};

interface Sample extends Numbers {
  readonly cycles: number;
  readonly rssKb: number;
  readonly descriptors: number;
  readonly children: number;
}

async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 1000, quick: 200, smoke: 2 });
  const cycles = bench.pick({ full: 10_000, quick: 500, smoke: 8 });
  const settleMs = bench.pick({ full: SETTLE_MS, quick: SETTLE_MS, smoke: 100 });
  const place = bench.place();
  const fleet = new Fleet(place, { count: peers + CYCLED, argv: ARGV, ready: "ready" });
  const daemon = await fleet.startDaemon();
  bench.note(`starting ${peers} peers`);
  await fleet.startAll(fleet.names.slice(0, peers));
  await Bun.sleep(settleMs);
  const withPeers = { rss: rssKb(daemon), pss: pssKb(daemon) };
  const samples = await cycle(bench, { fleet, daemon, cycles, names: fleet.names.slice(peers) });
  await Bun.sleep(settleMs);
  const after = sampleOf(daemon, cycles);
  const empty = emptyBun(place);
  await Bun.sleep(500);
  const emptyRss = rssKb(empty);
  return {
    runs: { peers, cycles, cycled_peers: CYCLED },
    figures: {
      rss_with_peers_mb: withPeers.rss / MB,
      pss_with_peers_mb: withPeers.pss / MB,
      rss_after_cycles_mb: after.rssKb / MB,
      pss_after_cycles_mb: pssKb(daemon) / MB,
      rss_slope_kb_per_1000_cycles: slopeOf(samples, "rssKb"),
      descriptors_slope_per_1000_cycles: slopeOf(samples, "descriptors"),
      descriptors_grown: after.descriptors - (samples[0]?.descriptors ?? 0),
      children_grown: after.children - (samples[0]?.children ?? 0),
    },
    baseline: { empty_bun_rss_mb: emptyRss / MB, empty_bun_pss_mb: pssKb(empty) / MB },
    ratio: { rss_with_peers: withPeers.rss / emptyRss, rss_after_cycles: after.rssKb / emptyRss },
  };
}

/** Ready at once, so that a cycle is a wake and a park and no wait. */
const ARGV = ["/bin/sh", "-c", "echo ready; exec sleep 1000000"];

interface Cycles {
  readonly fleet: Fleet;
  readonly daemon: number;
  readonly cycles: number;
  readonly names: Fleet["names"];
}

/** Samples are taken between rounds, when all that was woken has been parked. */
async function cycle(bench: Bench, spec: Cycles): Promise<readonly Sample[]> {
  const { fleet, daemon, cycles, names } = spec;
  const rounds = Math.ceil(cycles / names.length);
  const every = Math.max(1, Math.floor(rounds / SAMPLES));
  const samples: Sample[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await eachOf(names, 4, async (name) => {
      await fleet.verb(name, "start");
      await fleet.verb(name, "stop");
    });
    if (round % every > 0) continue;
    // The first one after a first round: what is opened once, and kept, has been opened.
    samples.push(sampleOf(daemon, round * names.length));
    if (samples.length % 8 === 1) bench.note(`${round * names.length} wakes and parks`);
  }
  return samples;
}

const sampleOf = (daemon: number, cycles: number): Sample => ({
  cycles,
  rssKb: rssKb(daemon),
  descriptors: openFiles(daemon),
  children: children(daemon).length,
});

/** Of the second half: what grows until caches are full is no slope. */
function slopeOf(samples: readonly Sample[], name: keyof Sample & string): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  return 1000 * slope(half.map((sample) => [sample.cycles, sample[name] ?? 0] as const));
}
