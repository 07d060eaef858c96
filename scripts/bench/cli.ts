// Figure: how long `iapeer --version` and `iapeer list` take as programs, from spawn to end;
// beside the start of the runtime itself, `bun -e 0`, all taking turns.

import type { Bench, Figure, Measured } from "./figure.ts";
import { Fleet, MAIN } from "./fleet.ts";
import type { Place } from "./place.ts";
import { median, spread } from "./statistics.ts";

export const cli: Figure = {
  name: "cli",
  what: "`iapeer --version`, `iapeer list`",
  targets: [
    { of: "version_ms_p50", most: 60 },
    { of: "list_asleep_no_daemon_ms_p50", most: 150 },
    { of: "list_alive_ms_p50", most: 150 },
    { of: "list_alive_no_daemon_ms_p50", most: 150 },
  ],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 1000, quick: 200, smoke: 2 });
  const runs = bench.pick({ full: 31, quick: 15, smoke: 1 });
  const place = bench.place();
  const fleet = new Fleet(place, { count: peers });
  const list = [MAIN, "list"];
  const asleep = take(place, runs, { list_asleep_no_daemon_ms: list, ...ALWAYS });
  bench.note(`starting ${peers} peers`);
  await fleet.startDaemon();
  await fleet.startAll();
  const alive = take(place, runs, { list_alive_ms: list, ...ALWAYS });
  await fleet.stopDaemon();
  const alone = take(place, runs, { list_alive_no_daemon_ms: list, ...ALWAYS });
  const samples = merged([asleep, alive, alone]);
  const baseline = spread("bun_e_0_ms", samples.get("bun_e_0_ms") ?? []);
  samples.delete("bun_e_0_ms");
  const figures: Record<string, number> = {};
  for (const [name, ms] of samples) Object.assign(figures, spread(name, ms));
  const ratio = Object.fromEntries(
    [...samples].map(([name, ms]) => [
      `${name.replace(/_ms$/, "")}_p50`,
      median(ms) / (baseline["bun_e_0_ms_p50"] ?? Number.NaN),
    ]),
  );
  return { runs: { peers, each: runs }, figures, baseline, ratio };
}

const ALWAYS = { version_ms: [MAIN, "--version"], bun_e_0_ms: ["-e", "0"] };

type Samples = Map<string, number[]>;

function take(place: Place, runs: number, programs: Readonly<Record<string, string[]>>): Samples {
  const samples: Samples = new Map();
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, words] of Object.entries(programs)) {
      const begun = performance.now();
      const ran = Bun.spawnSync([process.execPath, ...words], {
        cwd: place.folder,
        env: { ...place.env },
      });
      const ms = performance.now() - begun;
      if (ran.exitCode !== 0) throw new Error(`${name}: ${ran.stderr.toString()}`);
      // The first of each only fills the page cache.
      if (run > 0) samples.set(name, [...(samples.get(name) ?? []), ms]);
    }
  }
  return samples;
}

function merged(all: readonly Samples[]): Samples {
  const samples: Samples = new Map();
  for (const [name, ms] of all.flatMap((some) => [...some])) {
    samples.set(name, [...(samples.get(name) ?? []), ...ms]);
  }
  return samples;
}
