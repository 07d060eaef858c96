// Figure: many peers started, in wall time and in CPU time of everything that was started;
// beside as many plain tmux servers, one after another and as many at once as a daemon launches,
// and as many with what the lifecycle contract puts into and beside each server, without a daemon.
// Three rounds of each, medians.

import { defaultConfig } from "../../src/core/config.ts";
import { bareServers } from "./bare.ts";
import type { Bench, Figure, Measured, Numbers } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { cpuMs, hostBusyMs, reapedCpuMs } from "./kernel.ts";
import { findProcesses } from "../suite/leftovers.ts";
import type { Place } from "./place.ts";
import { median } from "./statistics.ts";
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

/** The shares of a host's time that others take change within minutes: hence taking turns. */
async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 980, quick: 180, smoke: 2 });
  const rounds = bench.pick({ full: 3, quick: 1, smoke: 1 });
  const spent: Readonly<Record<Kind, Spent[]>> = {
    started: [],
    one_by_one: [],
    bare: [],
    witnessed: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of KINDS.keys()) {
      const kind = KINDS[(turn + round) % KINDS.length] ?? "bare";
      const place = bench.place();
      const run = await STARTS[kind](bench, place, peers);
      bench.note(`round ${round + 1} of ${rounds}: ${peers} ${WHAT[kind]}`);
      spent[kind].push(await spend(place, peers, run));
      await place.close();
    }
  }
  const over = (kind: Kind, what: Measure, beside: Kind = "bare"): number =>
    median(spent[kind].map((one, round) => one[what] / (spent[beside][round]?.[what] ?? 0)));
  return {
    runs: { peers, at_once: AT_ONCE, rounds },
    figures: named("started", spent.started),
    baseline: {
      ...named("one_by_one", spent.one_by_one),
      ...named("bare", spent.bare),
      ...named("witnessed", spent.witnessed),
    },
    ratio: Object.fromEntries([
      ["wall_over_one_by_one", over("started", "wall", "one_by_one")],
      ...MEASURES.map((what) => [what, over("started", what)]),
      ...MEASURES.map((what) => [`witnessed_${what}`, over("witnessed", what)]),
    ]),
  };
}

/** As many as a daemon launches at once. */
const AT_ONCE = defaultConfig("").launchConcurrency;

const KINDS = ["started", "one_by_one", "bare", "witnessed"] as const;
type Kind = (typeof KINDS)[number];

const WHAT: Readonly<Record<Kind, string>> = {
  started: "peers",
  one_by_one: "bare servers, one after another",
  bare: `bare servers, ${AT_ONCE} at once`,
  witnessed: `servers with a log and a canary, ${AT_ONCE} at once`,
};

interface Run {
  /** The daemon; null: none. */
  readonly daemon: number | null;
  start(): Promise<void>;
}

const bareRun = (place: Place, peers: number, atOnce: number): Promise<Run> =>
  Promise.resolve({
    daemon: null,
    start: async () => void (await bareServers(place, peers, atOnce)),
  });

/** All that is ready before anything is measured. */
const STARTS: Readonly<
  Record<Kind, (bench: Bench, place: Place, peers: number) => Promise<Run>>
> = {
  started: async (bench, place, peers) => {
    const warm = bench.pick({ full: 20, quick: 20, smoke: 0 });
    const fleet = new Fleet(place, { count: warm + peers });
    const daemon = await fleet.startDaemon();
    await fleet.startAll(fleet.names.slice(0, warm));
    return { daemon, start: () => fleet.startAll(fleet.names.slice(warm)) };
  },
  one_by_one: (_, place, peers) => bareRun(place, peers, 1),
  bare: (_, place, peers) => bareRun(place, peers, AT_ONCE),
  witnessed: (_, place, peers) => {
    const prepared = prepareWitnessed(place, peers);
    return Promise.resolve({
      daemon: null,
      start: () => prepared.start(AT_ONCE),
    });
  },
};

const MEASURES = ["wall", "cpu", "host_cpu"] as const;
type Measure = (typeof MEASURES)[number];

interface Spent extends Readonly<Record<Measure, number>> {
  readonly perPeer: number;
  /** Of the daemon alone. */
  readonly daemon: number;
}

/**
 * Seconds; `cpu` of this place's processes and the children that they have waited for,
 * `host_cpu` of everything on the host. The benchmark itself counts too: it asks for peers, and
 * starts bare servers. Its search for the place's processes does not.
 */
async function spend(place: Place, peers: number, run: Run): Promise<Spent> {
  const daemonMs = () => (run.daemon === null ? 0 : cpuMs(run.daemon));
  const before = { theirs: theirMs(place), own: ownMs(), daemon: daemonMs(), host: hostBusyMs() };
  const begun = performance.now();
  await run.start();
  const wall = (performance.now() - begun) / 1000;
  const host_cpu = (hostBusyMs() - before.host) / 1000;
  const own = ownMs() - before.own;
  const cpu = (own + theirMs(place) - before.theirs) / 1000;
  const daemon = (daemonMs() - before.daemon) / 1000;
  return { wall, cpu, host_cpu, perPeer: (cpu * 1000) / peers, daemon };
}

const spentBy = (pid: number): number => cpuMs(pid) + reapedCpuMs(pid);
const ownMs = (): number => spentBy(process.pid);
const theirMs = (place: Place): number =>
  findProcesses(place.folder).reduce((all, { pid }) => all + spentBy(pid), 0);

function named(name: string, spent: readonly Spent[]): Numbers {
  const of = (value: (one: Spent) => number) => median(spent.map(value));
  return {
    ...Object.fromEntries(MEASURES.map((what) => [`${name}_${what}_s`, of((one) => one[what])])),
    [`${name}_cpu_ms_per_peer`]: of((one) => one.perPeer),
    ...(name === "started" ? { daemon_cpu_s: of((one) => one.daemon) } : {}),
  };
}
