// Figure: from the SIGKILL of a tmux server to the daemon's notice, and to the end record on
// disk; beside a poll every 2 s, which is what a supervisor without events does.

import { existsSync } from "node:fs";

import type { Personality } from "../../src/core/names.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { bareServers } from "./bare.ts";
import type { Bench, Figure, Measured, Numbers } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { isOver } from "./kernel.ts";
import { until } from "./place.ts";
import { median, spread } from "./statistics.ts";

const WATCHED_DAEMON = Bun.fileURLToPath(new URL("./watched-daemon.ts", import.meta.url));
const POLL_MS = 2000;

/** The host's own monotonic clock: the same in the daemon's process and in this one. */
const clock = createClock();
const processes = createProcesses();

export const death: Figure = {
  name: "death",
  what: "SIGKILL of a tmux server, until noticed and until recorded",
  targets: [
    { of: "noticed_200_peers_ms_p99", most: 25 },
    { of: "noticed_1000_peers_ms_p99", most: 25 },
    { of: "recorded_200_peers_ms_p99", most: 100 },
    { of: "recorded_1000_peers_ms_p99", most: 100 },
    { of: "recorded_daemon_down_ms_p99", most: 500 },
  ],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const sizes = bench.pick({ full: [200, 1000], quick: [100, 200], smoke: [2, 3] });
  const kills = bench.pick({ full: 200, quick: 50, smoke: 1 });
  const alone = bench.pick({ full: 100, quick: 30, smoke: 1 });
  const fleet = new Fleet(bench.place(), { count: Math.max(...sizes) });
  const figures: Record<string, number> = {};
  await fleet.startDaemon([WATCHED_DAEMON]);
  const noticed = listenTo(fleet);
  for (const size of sizes) {
    bench.note(`${size} peers, of which ${kills} are killed`);
    await fleet.startAll(fleet.names.slice(0, size));
    const victims = fleet.names.slice(0, kills);
    const seen = await killEach(fleet, victims, (pid) => noticed.has(pid));
    const noticedMs = seen.map(({ pid, at }) => (noticed.get(pid) ?? Number.NaN) - at);
    const recordedMs = seen.map((one) => one.recordedMs);
    Object.assign(figures, spread(`noticed_${size}_peers_ms`, noticedMs));
    Object.assign(figures, spread(`recorded_${size}_peers_ms`, recordedMs));
  }
  await fleet.stopDaemon();
  bench.note(`${alone} deaths without a daemon`);
  const unseen = await killEach(fleet, fleet.names.slice(-alone), () => true);
  Object.assign(figures, spread("recorded_daemon_down_ms", unseen.map((one) => one.recordedMs)));
  const polls = bench.pick({ full: 40, quick: 20, smoke: 1 });
  bench.note(`${polls} deaths beside a poll of ${POLL_MS} ms`);
  const baseline = spread("poll_2s_noticed_ms", await killBesidePoll(bench, polls));
  const ratio = ratios(figures, baseline);
  const runs = { kills, daemon_down_kills: alone, polled_kills: polls };
  return { runs, figures, baseline, ratio };
}

/** When the daemon noticed the end of which pid. */
function listenTo(fleet: Fleet): ReadonlyMap<number, number> {
  const noticed = new Map<number, number>();
  const listen = async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of fleet.daemonOutput) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [pid, at] = line.split(" ").map(Number);
        if (pid !== undefined && at !== undefined) noticed.set(pid, at);
      }
    }
  };
  void listen();
  return noticed;
}

interface Killed {
  readonly pid: number;
  /** On the monotonic clock. */
  readonly at: number;
  readonly recordedMs: number;
}

/** One after the other: the next dies when the last one's canary has done all of its work. */
async function killEach(
  fleet: Fleet,
  names: readonly Personality[],
  isNoticed: (pid: number) => boolean,
): Promise<readonly Killed[]> {
  const killed: Killed[] = [];
  for (const name of names) {
    const life = fleet.life(name);
    const { server, end } = life;
    const canary = await fleet.canaryPid(life);
    const at = clock.mono();
    if (processes.signal(server, "KILL") !== "sent") throw new Error(`${name} is gone already`);
    await until("an end record", () => existsSync(end));
    killed.push({ pid: server.pid, at, recordedMs: clock.mono() - at });
    await until("the daemon's notice", () => isNoticed(server.pid));
    await until("the end of a canary", () => isOver(canary));
  }
  return killed;
}

/** Each dies at another moment between two polls. */
async function killBesidePoll(bench: Bench, count: number): Promise<readonly number[]> {
  const servers = await bareServers(bench.place(), count, 4);
  const killedAt = new Map<number, number>();
  const ms: number[] = [];
  const poll = () => {
    for (const [pid, at] of killedAt) {
      if (!isOver(pid)) continue;
      killedAt.delete(pid);
      ms.push(clock.mono() - at);
    }
  };
  const polling = setInterval(poll, POLL_MS);
  const step = (POLL_MS * Math.min(5, count)) / count;
  for (const server of servers) {
    await Bun.sleep(step);
    killedAt.set(server.pid, clock.mono());
    processes.signal(server, "KILL");
  }
  await until("the last poll", () => ms.length === count);
  clearInterval(polling);
  return ms;
}

function ratios(figures: Numbers, baseline: Numbers): Numbers {
  const polled = baseline["poll_2s_noticed_ms_p50"] ?? Number.NaN;
  const noticed = Object.entries(figures).filter(([name]) => /^noticed_.*_p50$/.test(name));
  return { poll_2s_noticed_p50: polled / median(noticed.map(([, ms]) => ms)) };
}
