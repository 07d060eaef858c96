// What may happen to a simulated host: requests, work, deaths of every kind, clocks, disks.

import type { ProcessEntry, ProcessKind } from "../fakes/process-table.ts";
import { ProgramRun } from "../fakes/programs.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";
import type { Actor } from "./cast.ts";
import type { SimRun } from "./sim-run.ts";

export interface Operation {
  readonly name: string;
  readonly weight: number;
  readonly run: (sim: SimRun) => void | Promise<void>;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const anyActor = (sim: SimRun): Actor => sim.random.pick(sim.actors);

const anyServer = (sim: SimRun): FakeServer | null => {
  const servers = sim.world.tmux.servers();
  return servers.length === 0 ? null : sim.random.pick(servers);
};

function wake(sim: SimRun): void {
  const actor = anyActor(sim);
  const topics = [undefined, "alpha", "beta"] as const;
  const senders = sim.random.chance(0.3) ? 2 : 1;
  for (let sender = 0; sender < senders; sender += 1) {
    const topic = sim.random.pick(topics);
    const message = sim.nextMessage();
    sim.ask(actor, "wake", { message, ...(topic === undefined ? {} : { topic }) });
  }
}

const VERBS = ["start", "stop", "stop", "new", "refresh", "self-fresh", "self-done"] as const;
const RARE_VERBS = ["interrupt", "compact", "attach", "folder-launch"] as const;

function verb(sim: SimRun): void {
  const verbs = sim.random.chance(0.15) ? RARE_VERBS : VERBS;
  sim.ask(anyActor(sim), sim.random.pick<(typeof verbs)[number]>(verbs));
}

const VICTIMS: readonly ProcessKind[] = [
  "server",
  "server",
  "server",
  "pane",
  "pane",
  "canary",
  "canary-client",
  "hook",
  "launcher",
];

/** One to four processes of any kind, at once or within a few milliseconds. */
function kill(sim: SimRun): void {
  const { random, world } = sim;
  const count = random.chance(0.6) ? 1 : random.int(2, 4);
  for (let index = 0; index < count; index += 1) {
    if (random.chance(0.15)) {
      world.time.schedule(random.next() * 4, () => sim.killDaemon());
      continue;
    }
    const wanted = random.pick(VICTIMS);
    const found = world.table.all().filter(({ kind }) => kind === wanted);
    if (found.length === 0) continue;
    strike(sim, random.pick(found));
  }
}

function strike(sim: SimRun, victim: ProcessEntry): void {
  const { random, world } = sim;
  const signal = random.chance(0.7) ? "KILL" : "TERM";
  const delay = random.chance(0.5) ? 0 : random.next() * 10;
  world.time.schedule(delay, () => {
    sim.trace(`${signal} from outside to the ${victim.kind} of ${victim.owner ?? ""}`);
    if (victim.kind === "canary") sim.monitor.orphaned.add(victim.owner ?? "");
    world.table.deliver(victim, signal);
  });
}

/** Every server at once, as a killed parent or the OOM killer would. */
function massacre(sim: SimRun): void {
  for (const entry of sim.world.table.all()) {
    if (entry.kind === "server" || (entry.kind === "canary" && sim.random.chance(0.5))) {
      if (entry.kind === "canary") sim.monitor.orphaned.add(entry.owner ?? "");
      sim.world.table.deliver(entry, "KILL");
    }
  }
}

function attach(sim: SimRun): void {
  const server = anyServer(sim);
  if (server !== null) sim.world.tmux.attach(server, server.attached > 0 ? 0 : 1);
}

function work(sim: SimRun): void {
  const program = anyServer(sim)?.pane.program;
  if (program instanceof ProgramRun) program.work();
}

function setClock(sim: SimRun): void {
  const ms = sim.random.pick([-DAY_MS, DAY_MS, -HOUR_MS, HOUR_MS, -20_000, 20_000]);
  sim.trace(`clock set by ${ms}`);
  sim.monitor.clockSets.add({ mono: sim.world.time.mono(), byMs: ms });
  sim.world.time.setWallBy(ms);
}

function suspend(sim: SimRun): void {
  sim.trace("suspended for an hour");
  sim.world.time.suspend(HOUR_MS);
}

function diskFull(sim: SimRun): void {
  const { world, monitor, random } = sim;
  sim.trace("disk full");
  world.files.full = true;
  world.time.schedule(random.int(1, 90_000), () => {
    world.files.full = false;
    monitor.diskFull();
    sim.trace("disk has room again");
  });
}

function cannotTell(sim: SimRun): void {
  const { world, random } = sim;
  world.faults.unknown = random.pick([0.1, 0.5, 1]);
  sim.trace(`looks fail (${world.faults.unknown})`);
  world.time.schedule(random.int(1, 90_000), () => {
    world.faults.unknown = 0;
  });
}

function slowLaunches(sim: SimRun): void {
  const { world, random } = sim;
  world.faults.launchDelayMs = random.pick([50, 1000, 25_000]);
  world.time.schedule(random.int(1, 60_000), () => {
    world.faults.launchDelayMs = 0;
  });
}

/** What peers run is not there for a while. */
function noProgram(sim: SimRun): void {
  const { world, random } = sim;
  sim.trace("no program");
  world.faults.noProgram = true;
  world.time.schedule(random.int(1, 90_000), () => {
    world.faults.noProgram = false;
  });
}

/** They get the pids that our dead have just left, so that a pid alone says nothing. */
function strangers(sim: SimRun): void {
  sim.world.table.rewind();
  for (let count = sim.random.int(1, 40); count > 0; count -= 1) {
    sim.world.table.spawn({ kind: "stranger" });
  }
}

/** As whoever writes the line that makes it too long; a witness may be about to write meanwhile. */
function rotateLog(sim: SimRun): void {
  const { files, layout } = sim.world;
  if (files.stat(layout.exitsLog).state !== "ok") return;
  sim.hadRotation = true;
  let free = 1;
  while (files.stat(`${layout.exitsLog}.${free}`).state === "ok") free += 1;
  for (let part = free; part > 1; part -= 1) {
    files.rename(`${layout.exitsLog}.${part - 1}`, `${layout.exitsLog}.${part}`);
  }
  files.rename(layout.exitsLog, `${layout.exitsLog}.1`);
}

function powerCut(sim: SimRun): void {
  sim.killDaemon();
  const lost = sim.world.reboot(sim.random.int(5000, 600_000));
  sim.trace(`power cut; lost: ${lost.join(" ")}`);
  sim.hadPowerCut = true;
  sim.monitor.powerCut();
  sim.promises.powerCut();
}

export const OPERATIONS: readonly Operation[] = [
  { name: "wake", weight: 20, run: wake },
  { name: "verb", weight: 20, run: verb },
  { name: "remove", weight: 1, run: (sim) => sim.ask(anyActor(sim), "remove") },
  { name: "kill", weight: 22, run: kill },
  { name: "massacre", weight: 2, run: massacre },
  { name: "attach", weight: 3, run: attach },
  { name: "work", weight: 6, run: work },
  { name: "set-clock", weight: 4, run: setClock },
  { name: "suspend", weight: 3, run: suspend },
  { name: "disk-full", weight: 3, run: diskFull },
  { name: "cannot-tell", weight: 3, run: cannotTell },
  { name: "slow-launches", weight: 2, run: slowLaunches },
  { name: "strangers", weight: 3, run: strangers },
  { name: "kill-daemon", weight: 6, run: (sim) => sim.killDaemon() },
  { name: "stop-daemon", weight: 2, run: (sim) => sim.stopDaemon() },
  { name: "power-cut", weight: 2, run: powerCut },
];

/** Apart, so that every seed goes on telling the story that it was remembered for. */
export const WITHOUT_PROGRAMS: readonly Operation[] = [
  ...OPERATIONS,
  { name: "no-program", weight: 8, run: noProgram },
];

export const WITH_ROTATION: readonly Operation[] = [
  ...OPERATIONS,
  { name: "rotate-log", weight: 15, run: rotateLog },
];
