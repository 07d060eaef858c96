// Figure: many peers started, in wall time and in CPU time of everything that was started;
// beside as many plain tmux servers, as many at once, and as many with what the lifecycle contract
// puts into and beside each server, without a daemon.

import { bareServers } from "./bare.ts";
import type { Bench, Figure, Measured, Numbers } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { cpuMs, hostBusyMs, reapedCpuMs } from "./kernel.ts";
import { findProcesses } from "../suite/leftovers.ts";
import type { Place } from "./place.ts";
import { prepareWitnessed } from "./witnessed.ts";

export const start: Figure = {
  name: "start",
  what: "many peers started",
  targets: [
    { of: "ratio.wall", most: 1.5 },
    { of: "ratio.cpu", most: 1.5 },
  ],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 1000, quick: 200, smoke: 2 });
  const place = bench.place();
  const fleet = new Fleet(place, { count: peers });
  const daemon = await fleet.startDaemon();
  const atOnce = fleet.app.config.launchConcurrency;
  const warm = bench.pick({ full: 20, quick: 10, smoke: 0 });
  await fleet.startAll(fleet.names.slice(0, warm));
  bench.note(`starting ${peers - warm} peers`);
  const ours = await spent(place, peers - warm, () => fleet.startAll(fleet.names.slice(warm)));
  const inDaemon = cpuMs(daemon);
  await place.close();
  bench.note(`starting ${peers - warm} bare servers, ${atOnce} at once`);
  const bare = bench.place();
  const theirs = await spent(bare, peers - warm, async () => {
    await bareServers(bare, peers - warm, atOnce);
  });
  await bare.close();
  bench.note(`starting ${peers - warm} servers with a log and a canary, ${atOnce} at once`);
  const witnessed = bench.place();
  const prepared = prepareWitnessed(witnessed, peers - warm);
  const unled = await spent(witnessed, peers - warm, () => prepared.start(atOnce));
  const each = ["wall", "cpu", "host_cpu"] as const;
  const ratio = Object.fromEntries([
    ...each.map((what) => [what, ours[what] / theirs[what]]),
    ...each.map((what) => [`witnessed_${what}`, unled[what] / theirs[what]]),
  ]);
  return {
    runs: { peers: peers - warm, at_once: atOnce },
    figures: { ...named("started", ours), daemon_cpu_s: inDaemon / 1000 },
    baseline: { ...named("bare", theirs), ...named("witnessed", unled) },
    ratio,
  };
}

interface Spent {
  readonly wall: number;
  /** Of this place's processes and the children they have waited for. */
  readonly cpu: number;
  /** Of everything on the host. */
  readonly host_cpu: number;
  readonly perPeer: number;
}

/** Seconds. The benchmark itself counts too: bare servers are started by it. */
async function spent(place: Place, peers: number, work: () => Promise<void>): Promise<Spent> {
  const before = { cpu: cpuOf(place), host: hostBusyMs(), wall: performance.now() };
  await work();
  const wall = (performance.now() - before.wall) / 1000;
  const host_cpu = (hostBusyMs() - before.host) / 1000;
  const cpu = (cpuOf(place) - before.cpu) / 1000;
  return { wall, cpu, host_cpu, perPeer: (cpu * 1000) / peers };
}

/** Our own first: the search for the others costs more than starting a few of them. */
function cpuOf(place: Place): number {
  const cpu = (pid: number) => cpuMs(pid) + reapedCpuMs(pid);
  const own = cpu(process.pid);
  return findProcesses(place.folder).reduce((all, { pid }) => all + cpu(pid), own);
}

const named = (name: string, { wall, cpu, host_cpu, perPeer }: Spent): Numbers => ({
  [`${name}_wall_s`]: wall,
  [`${name}_cpu_s`]: cpu,
  [`${name}_host_cpu_s`]: host_cpu,
  [`${name}_cpu_ms_per_peer`]: perPeer,
});
