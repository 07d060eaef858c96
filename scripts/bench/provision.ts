// Figures: one run of a memory provider beside a bare spawn of the same program, and a sweep over
// many peers beside the ideal and beside bare spawns, as many at once.

import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { runProvision } from "../../src/flows/provision/run.ts";
import { sweep } from "../../src/flows/provision/sweep.ts";
import { changeRegistry } from "../../src/flows/storage/registry.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { ok } from "../../src/core/result.ts";
import type { Host } from "../../src/ports/host.ts";
import { createApp } from "../../src/wire.ts";
import type { Bench, Figure, Measured } from "./figure.ts";
import { eachOf, type Place } from "./place.ts";
import { median, spread } from "./statistics.ts";

export const provider: Figure = {
  name: "provider",
  what: "one run of a memory provider's command over a bare spawn of it",
  targets: [{ of: "run_over_bare_ms_p50", most: 10 }],
  measure: measureRun,
};

export const provisionSweep: Figure = {
  name: "sweep",
  what: "memory-plugin on --all with a provider that takes 50 ms, 4 at once",
  targets: [{ of: "ratio.sweep_over_ideal", most: 1.15 }],
  measure: measureSweep,
};

const TRUE = ["/bin/true"];
const PROVIDER_MS = 50;
const JOBS = 4;

async function measureRun(bench: Bench): Promise<Measured> {
  const runs = bench.pick({ full: 300, quick: 60, smoke: 2 });
  const unmeasured = bench.pick({ full: 20, quick: 10, smoke: 0 });
  const place = bench.place();
  const host = hostIn(place);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs + unmeasured; run += 1) {
    const begun = performance.now();
    await runProvision(host, { argv: TRUE });
    const between = performance.now();
    await bareRun(place, TRUE);
    ours.push(between - begun);
    bare.push(performance.now() - between);
  }
  const [run, spawn] = [ours.slice(unmeasured), bare.slice(unmeasured)];
  return {
    runs: { runs },
    figures: { ...spread("run_ms", run), run_over_bare_ms_p50: median(run) - median(spawn) },
    baseline: spread("bare_spawn_ms", spawn),
    ratio: { run_p50: median(run) / median(spawn) },
  };
}

async function measureSweep(bench: Bench): Promise<Measured> {
  const count = bench.pick({ full: 1000, quick: 200, smoke: 4 });
  const place = bench.place();
  const host = hostIn(place);
  const peers = await register(host, count);
  const command = { command: "/bin/sleep", args: [String(PROVIDER_MS / 1000)] };
  const declaration = { provider: "bench", package: "bench", version: "1", provision: command };
  const begun = performance.now();
  const report = await sweep(host, { declaration, peers, occasion: "sweep-on", jobs: JOBS });
  const sweepMs = performance.now() - begun;
  const done = report.peers.filter(({ state }) => state === "done").length;
  if (done !== count) throw new Error(`${done} of ${count} peers were done`);
  const bareBegun = performance.now();
  await eachOf(peers, JOBS, () => bareRun(place, [command.command, ...command.args]));
  const bareMs = performance.now() - bareBegun;
  const idealMs = (count * PROVIDER_MS) / JOBS;
  return {
    runs: { peers: count, jobs: JOBS },
    figures: { sweep_ms: sweepMs },
    baseline: { ideal_ms: idealMs, bare_spawns_ms: bareMs },
    ratio: { sweep_over_ideal: sweepMs / idealMs, sweep_over_bare: sweepMs / bareMs },
  };
}

function hostIn(place: Place): Host {
  const app = createApp({ root: place.root, env: place.env, flags: {} });
  if (!app.ok) throw app.error;
  const prepared = prepareRoot(app.value.host);
  if (!prepared.ok) throw prepared.error;
  return app.value.host;
}

async function bareRun(place: Place, argv: readonly string[]): Promise<void> {
  const child = Bun.spawn([...argv], {
    cwd: "/",
    env: { ...place.env },
    stdio: ["ignore", "ignore", "ignore"],
  });
  await child.exited;
}

async function register(host: Host, count: number): Promise<readonly RegistryEntry[]> {
  const peers = Array.from({ length: count }, (_, index): RegistryEntry => {
    const personality = `p${index}` as Personality;
    return {
      personality,
      cwd: `${host.layout.peersDir}/${personality}`,
      runtimes: ["claude" as RuntimeName],
      default_runtime: "claude" as RuntimeName,
      description: "",
      intelligence: "artificial",
      wake_policy: "warm",
      always_on: false,
      interfaces: {},
    };
  });
  const changed = await changeRegistry(host, () => ok({ version: 1, peers }));
  if (!changed.ok) throw changed.error;
  return changed.value.peers;
}
