// Figure: from the SIGKILL of an always-on peer that had been healthy to its new process running;
// beside a shell loop that runs the same program again and again, without tmux or records.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { createProcesses } from "../../src/effects/processes.ts";
import type { Bench, Figure, Measured } from "./figure.ts";
import { Fleet, type Life } from "./fleet.ts";
import { type Place, until } from "./place.ts";
import { median, spread } from "./statistics.ts";

/** Deaths within a second are one incident, whose restarts are staggered. */
const APART_MS = 1200;
/** A life shorter than this is not restarted at once. */
const HEALTHY_MS = 10_000;

const processes = createProcesses();

export const restart: Figure = {
  name: "restart",
  what: "SIGKILL of an always-on peer, until it runs again",
  targets: [
    { of: "killed_process_ms_p50", most: 80 },
    { of: "killed_server_ms_p50", most: 80 },
  ],
  measure,
};

/** Says its pid when it begins; `$1` is where. */
const PROGRAM = 'echo $$ >> "$1"; exec sleep 1000000';

async function measure(bench: Bench): Promise<Measured> {
  const each = bench.pick({ full: 20, quick: 5, smoke: 1 });
  const healthyMs = bench.pick({ full: HEALTHY_MS, quick: HEALTHY_MS, smoke: 0 });
  const place = bench.place();
  const marks = (name: string) => place.path(`marks-${name}`);
  const fleet = new Fleet(place, {
    count: each * 2,
    alwaysOn: true,
    argv: (name) => ["/bin/sh", "-c", PROGRAM, "sh", marks(name)],
    env: { IAPEER_RESTART_HEALTHY_SECS: String(healthyMs / 1000) },
  });
  await fleet.startDaemon();
  await fleet.startAll();
  bench.note(`${each * 2} peers grow healthy`);
  await Bun.sleep(healthyMs + 500);
  const kill = async (part: "server" | "pane", names: Fleet["names"]) => {
    const ms: number[] = [];
    for (const name of names) {
      ms.push(await killed(fleet.life(name)[part], marks(name)));
      await Bun.sleep(APART_MS);
    }
    return ms;
  };
  bench.note(`${each} processes and ${each} servers are killed`);
  const panes = await kill("pane", fleet.names.slice(0, each));
  const servers = await kill("server", fleet.names.slice(each));
  const loop = await loopRestarts(place, each);
  return {
    runs: { each },
    figures: { ...spread("killed_process_ms", panes), ...spread("killed_server_ms", servers) },
    baseline: spread("shell_loop_ms", loop),
    ratio: {
      killed_process_p50: median(panes) / median(loop),
      killed_server_p50: median(servers) / median(loop),
    },
  };
}

/** Milliseconds from the kill to the next pid in the file. */
async function killed(victim: Life["server"], file: string): Promise<number> {
  const before = pidsIn(file).length;
  const begun = performance.now();
  if (processes.signal(victim, "KILL") !== "sent") throw new Error(`${victim.pid} is gone already`);
  await until("a restart", () => pidsIn(file).length > before);
  return performance.now() - begun;
}

function pidsIn(file: string): readonly number[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "latin1").split("\n").filter(Boolean).map(Number);
}

async function loopRestarts(place: Place, count: number): Promise<readonly number[]> {
  const file = place.path("marks-loop");
  writeFileSync(file, "");
  const loop = `while :; do /bin/sh -c '${PROGRAM}' sh "$1"; done`;
  place.own(
    Bun.spawn(["/bin/sh", "-c", loop, "sh", file], {
      cwd: place.folder,
      env: { ...place.env },
      stdio: ["ignore", "ignore", "ignore"],
    }),
  );
  const ms: number[] = [];
  for (let run = 0; run < count; run += 1) {
    await until("the loop's program", () => pidsIn(file).length > run);
    await Bun.sleep(100);
    const found = processes.identify(pidsIn(file).at(-1) ?? 0);
    if (found === null || found === "unknown") throw new Error("the loop's program is gone");
    ms.push(await killed(found, file));
  }
  return ms;
}
