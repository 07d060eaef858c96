// One seed, one story: a while of trouble, then quiet, then judgement. The same seed tells the
// same story.

import { parseInstant } from "../../src/formats/instant.ts";
import { judgeRest } from "./invariants.ts";
import { OPERATIONS, type Operation, WITH_ROTATION, WITHOUT_PROGRAMS } from "./operations.ts";
import { SimRun, type SimOptions } from "./sim-run.ts";

export interface SimOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly generations: number;
  readonly crashes: number;
}

/** Longer than every back-off, grace and crash-loop window, and than ten ticks. */
const QUIET_MS = 660_000;
const AFTERWARDS_MS = 5000;
const SETTLE_MS = 5000;
const SETTLE_LOOKS = 20;

export async function simulate(options: SimOptions): Promise<SimOutcome> {
  const sim = new SimRun(options);
  sim.startDaemon(crashPoint(sim));
  await sim.pass(sim.random.int(0, 3000));
  const operations = operationsOf(options);
  let crashes = 0;
  for (let steps = sim.random.int(6, 20); steps > 0; steps -= 1) {
    const operation = anyOperation(sim, operations);
    sim.trace(`-- ${operation.name}`);
    await operation.run(sim);
    await sim.pass(pause(sim));
    if (sim.noticeDaemonDeath()) crashes += 1;
    if (sim.daemon === null && sim.random.chance(0.7)) {
      await sim.pass(sim.random.pick([0, 100, 5000]));
      sim.startDaemon(crashPoint(sim));
    }
  }
  await quiet(sim);
  await leaveAlone(sim);
  judgeRest(sim);
  if (sim.monitor.violations.length === 0) await judgeRestart(sim);
  const { violations, born } = sim.monitor;
  return { seed: options.seed, violations, generations: born.size, crashes };
}

function operationsOf({ programsGo, logRotates }: SimOptions): readonly Operation[] {
  if (logRotates === true) return WITH_ROTATION;
  return programsGo === true ? WITHOUT_PROGRAMS : OPERATIONS;
}

/** Faults stop, a daemon runs, time passes. */
async function quiet(sim: SimRun): Promise<void> {
  sim.trace("-- quiet");
  const { world } = sim;
  // Blows that were already on their way.
  await sim.pass(20);
  if (world.files.full) sim.monitor.diskFull();
  world.files.full = false;
  world.faults.unknown = 0;
  world.faults.launchDelayMs = 0;
  world.faults.noProgram = false;
  sim.calm = true;
  if (sim.daemon !== null) sim.daemon.life.crashAt = null;
  sim.noticeDaemonDeath();
  sim.startDaemon(null);
  await sim.pass(QUIET_MS);
  if (!isUnheard(sim)) return;
  sim.trace("-- a daemon that hears");
  sim.killDaemon();
  sim.startDaemon(null);
  await sim.pass(QUIET_MS);
}

/**
 * With a deaf watch, and its pid taken by somebody else since, what ended of itself in the last
 * ten ticks need not have been noticed yet: each life is looked at in full once in ten.
 */
function isUnheard({ world, monitor }: SimRun): boolean {
  if (world.faults.watch !== "deaf") return false;
  const since = world.time.wall() - 10 * world.config.tickMs;
  return [...monitor.ends.values()].some(({ end }) => (parseInstant(end?.ts ?? "") ?? 0) > since);
}

/** A reap may be due at this very moment. */
async function leaveAlone(sim: SimRun): Promise<void> {
  for (let looks = 0; looks < SETTLE_LOOKS && isEnding(sim); looks += 1) await sim.pass(SETTLE_MS);
}

function isEnding({ world, monitor }: SimRun): boolean {
  const since = world.time.wall() - SETTLE_MS;
  return [...monitor.ends.values()].some(({ end }) => (parseInstant(end?.ts ?? "") ?? 0) > since);
}

/** A daemon that starts over a host at rest finds nothing to do. */
async function judgeRestart(sim: SimRun): Promise<void> {
  const before = await settled(sim);
  sim.killDaemon();
  sim.startDaemon(null);
  await sim.pass(AFTERWARDS_MS);
  if (happened(sim) !== before) {
    sim.monitor.violation("a restart of the daemon at rest changed things");
  }
}

/** A reap of this very moment may go on, and a relaunch may follow it. */
async function settled(sim: SimRun): Promise<number> {
  for (let looks = 0; looks < SETTLE_LOOKS; looks += 1) {
    const before = happened(sim);
    await sim.pass(SETTLE_MS);
    if (happened(sim) === before) return before;
  }
  return happened(sim);
}

/** Lives begun and ended; a reap may be due at any moment and counts for nothing. */
function happened(sim: SimRun): number {
  const reaped = [...sim.monitor.ends.values()].filter(({ end }) => REAPS.has(end?.reason ?? ""));
  return sim.monitor.born.size + sim.monitor.ends.size - reaped.length;
}

const REAPS: ReadonlySet<string> = new Set(["idle", "ephemeral-done", "ephemeral-backstop"]);

function anyOperation(sim: SimRun, operations: readonly Operation[]): Operation {
  let at = sim.random.next() * operations.reduce((sum, { weight }) => sum + weight, 0);
  for (const operation of operations) {
    at -= operation.weight;
    if (at < 0) return operation;
  }
  return sim.random.pick(operations);
}

const crashPoint = (sim: SimRun): number | null =>
  sim.random.chance(0.45) ? sim.random.int(1, 80) : null;

function pause(sim: SimRun): number {
  const { random } = sim;
  const scale = random.pick([2, 30, 1500, 1500, 30_000, 90_000, 700_000]);
  return random.next() * scale;
}
