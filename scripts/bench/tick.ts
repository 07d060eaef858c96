// Figure: an idle supervise pass over live peers, and the child processes that it costs; beside
// the obvious way of looking, one `tmux has-session` and one `pgrep -f` a peer.

import { createSupervisor, type Supervisor } from "../../src/daemon/supervisor.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Bench, Figure, Measured, Numbers } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { hostForks, reapedFaults, threadClock } from "./kernel.ts";
import { eachOf } from "./place.ts";
import { median, percentile } from "./statistics.ts";

const STARTED_AT_ONCE = 16;

export const tick: Figure = {
  name: "tick",
  what: "an idle supervise pass over live peers",
  targets: [
    { of: "tick_1000_peers_ms_p50", most: 20 },
    { of: "child_processes", most: 0 },
    { of: "ratio.looking_by_processes_300_peers", least: 1000 },
  ],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const sizes = bench.pick({ full: [100, 300, 1000], quick: [100, 300], smoke: [2, 3] });
  const ticks = bench.pick({ full: 100, quick: 50, smoke: 3 });
  const lookedAt = bench.pick({ full: 300, quick: 300, smoke: 2 });
  const fleet = new Fleet(bench.place(), { count: Math.max(...sizes) });
  const calls = { children: 0 };
  const host = counting(fleet.app.host, calls);
  const watch = createDeathWatch(host.config, host.clock, host.processes);
  const supervisor = createSupervisor(host, watch);
  await supervisor.adoptAll();
  const figures: Record<string, number> = {};
  let baseline: Numbers = {};
  let live = 0;
  for (const size of sizes) {
    bench.note(`starting peers ${live} to ${size}`);
    await startSome(supervisor, fleet.names.slice(live, size));
    live = size;
    await supervisor.settled();
    Object.assign(figures, await measureTicks(supervisor, { calls, ticks, size }));
    if (size !== Math.max(lookedAt, 2)) continue;
    bench.note(`looking at ${lookedAt} peers by child processes`);
    baseline = lookByProcesses(fleet, lookedAt);
  }
  await supervisor.stop();
  return { runs: { ticks, peers: live }, figures, baseline, ratio: ratios(figures, baseline) };
}

/** The ports, with every way to a child process counted. */
function counting(host: Host, calls: { children: number }): Host {
  const counted = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, key, receiver) => {
        // A probe is a connect, not a child.
        if (key !== "probe") calls.children += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
  return { ...host, exec: counted(host.exec), tmux: counted(host.tmux) };
}

async function startSome(supervisor: Supervisor, names: Fleet["names"]): Promise<void> {
  await eachOf(names, STARTED_AT_ONCE, async (personality) => {
    const answer = await supervisor.verb({ personality, verb: "start", request: {} });
    if (answer.result !== "woke") throw new Error(`${personality}: ${JSON.stringify(answer)}`);
  });
}

interface TickSpec {
  readonly calls: { children: number };
  readonly ticks: number;
  readonly size: number;
}

/** Spaced, as ticks are: a pass that runs from a warm loop would look better than it is. */
async function measureTicks(supervisor: Supervisor, spec: TickSpec): Promise<Numbers> {
  const { calls, ticks, size } = spec;
  const onCore = threadClock();
  const ms: number[] = [];
  const cpu: number[] = [];
  const forks: number[] = [];
  await Bun.sleep(200);
  const [children, faults] = [calls.children, reapedFaults(process.pid)];
  for (let round = 0; round < ticks; round += 1) {
    await Bun.sleep(20);
    const forksBefore = hostForks();
    const cpuBefore = onCore();
    const begun = performance.now();
    supervisor.tick();
    ms.push(performance.now() - begun);
    cpu.push(onCore() - cpuBefore);
    forks.push(hostForks() - forksBefore);
  }
  await supervisor.settled();
  return {
    [`tick_${size}_peers_ms_p50`]: median(ms),
    [`tick_${size}_peers_ms_p99`]: percentile(ms, 99),
    [`tick_${size}_peers_cpu_ms_p50`]: median(cpu),
    [`tick_${size}_cpu_us_per_peer`]: (median(cpu) * 1000) / size,
    child_processes: calls.children - children,
    reaped_child_page_faults: reapedFaults(process.pid) - faults,
    host_forks_during_tick_p50: median(forks),
  };
}

function lookByProcesses(fleet: Fleet, count: number): Numbers {
  const lives = fleet.names.slice(0, count).map((name) => fleet.life(name).start);
  const has = timed(() => {
    for (const { socket, identity } of lives) {
      Bun.spawnSync(["tmux", "-S", socket, "has-session", "-t", `=${identity}`]);
    }
  });
  const grep = timed(() => {
    for (const { socket } of lives) Bun.spawnSync(["pgrep", "-f", `wait-for ${socket}`]);
  });
  return {
    [`has_session_${count}_peers_ms`]: has,
    [`pgrep_${count}_peers_ms`]: grep,
    [`looking_by_processes_${count}_peers_ms`]: has + grep,
  };
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function ratios(figures: Numbers, baseline: Numbers): Numbers {
  const sizes = Object.keys(figures).flatMap((name) => /^tick_(\d+)_cpu_us/.exec(name)?.[1] ?? []);
  const perPeer = sizes.map((size) => figures[`tick_${size}_cpu_us_per_peer`] ?? Number.NaN);
  const found: Record<string, number> = {
    cpu_per_peer_most_over_fewest: (perPeer.at(-1) ?? Number.NaN) / (perPeer[0] ?? Number.NaN),
  };
  for (const size of sizes) {
    const looked = baseline[`looking_by_processes_${size}_peers_ms`];
    const ours = figures[`tick_${size}_peers_ms_p50`];
    if (looked === undefined || ours === undefined) continue;
    found[`looking_by_processes_${size}_peers`] = looked / ours;
  }
  return found;
}
