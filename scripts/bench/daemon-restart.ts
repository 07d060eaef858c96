// Figure: `iapeer daemon restart` with many living peers, until the new daemon answers, on the
// embedded manager; deaths in the gap until they are on record; beside a daemon without peers.

import { existsSync } from "node:fs";

import type { Bench, Figure, Measured } from "./figure.ts";
import { Fleet, MAIN } from "./fleet.ts";
import { isOver } from "./kernel.ts";
import { until } from "./place.ts";
import { median } from "./statistics.ts";

export const daemonRestart: Figure = {
  name: "daemon-restart",
  what: "daemon restart until it answers, with living peers",
  targets: [
    { of: "restart_to_answering_ms_p50", most: 1500 },
    { of: "gap_death_on_record_after_return_ms_max", most: 1000 },
    { of: "sessions_lost", most: 0 },
  ],
  measure,
};

const ANSWERS_WITHIN_MS = 60_000;

async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 1000, quick: 200, smoke: 3 });
  const runs = bench.pick({ full: 10, quick: 5, smoke: 1 });
  const killed = bench.pick({ full: 20, quick: 10, smoke: 1 });
  const alone = new Fleet(bench.place(), { count: 1 });
  await verb(alone, "start");
  const bare = await restarts(alone, runs);
  await verb(alone, "stop");
  const fleet = new Fleet(bench.place(), { count: peers });
  await verb(fleet, "start");
  bench.note(`starting ${peers} peers`);
  await fleet.startAll();
  const servers = fleet.names.map((name) => fleet.life(name).server.pid);
  const taken = await restarts(fleet, runs);
  const gap = await deathsInTheGap(fleet, killed);
  const lost = servers.slice(killed).filter(isOver).length;
  await verb(fleet, "stop");
  return {
    runs: { peers, restarts: runs, killed_in_the_gap: killed },
    figures: {
      restart_to_answering_ms_p50: median(taken),
      restart_to_answering_ms_max: Math.max(...taken),
      gap_death_on_record_after_return_ms_max: gap,
      sessions_lost: lost,
    },
    baseline: { restart_without_peers_ms_p50: median(bare) },
    ratio: { restart_p50: median(taken) / median(bare) },
  };
}

/** A verb of the daemon family, as typed. */
async function verb({ place }: Fleet, name: "start" | "stop"): Promise<void> {
  const child = spawn(place, name);
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`daemon ${name}: ${said}`);
}

const spawn = (place: Fleet["place"], name: string) =>
  place.own(
    Bun.spawn([process.execPath, MAIN, "daemon", name], {
      cwd: place.folder,
      env: place.env,
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );

async function restarts(fleet: Fleet, runs: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const before = await pidOf(fleet);
    const begun = performance.now();
    const child = spawn(fleet.place, "restart");
    await answersAgain(fleet, before);
    taken.push(performance.now() - begun);
    await child.exited;
  }
  return taken;
}

const pidOf = async (fleet: Fleet): Promise<number> =>
  (await fleet.app.client.status()).pid ?? 0;

async function answersAgain(fleet: Fleet, before: number): Promise<void> {
  const deadline = performance.now() + ANSWERS_WITHIN_MS;
  for (;;) {
    const status = await fleet.app.client.status();
    if (status.state === "running" && status.pid !== before) return;
    if (performance.now() > deadline) throw new Error("the daemon does not answer again");
    await Bun.sleep(2);
  }
}

/** Servers killed while no daemon runs: from its return to the last record of their ends. */
async function deathsInTheGap(fleet: Fleet, killed: number): Promise<number> {
  const lives = fleet.names.slice(0, killed).map((name) => fleet.life(name));
  const before = await pidOf(fleet);
  await verb(fleet, "stop");
  for (const { server } of lives) process.kill(server.pid, "SIGKILL");
  const child = spawn(fleet.place, "start");
  await answersAgain(fleet, before);
  const returned = performance.now();
  await until("the records", () => lives.every(({ end }) => existsSync(end)));
  const taken = performance.now() - returned;
  await child.exited;
  return taken;
}
