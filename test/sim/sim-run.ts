// One simulated host with its daemons, one after another: starts them, asks them for things, lets
// virtual time pass, and remembers what was promised.

import type { Verb, VerbAnswer, VerbRequest } from "../../src/core/api.ts";
import { GOOD, SimWorld, type Manned } from "../fakes/sim-world.ts";
import type { Behaviour } from "../fakes/programs.ts";
import { Random } from "../fakes/random.ts";
import { pass } from "../fakes/time.ts";
import { cast, settleIn, type Actor } from "./cast.ts";
import type { CreateSupervisor, SupervisorUnderTest } from "./daemon-under-test.ts";
import { Monitor } from "./monitor.ts";
import { Promises } from "./promises.ts";

export interface SimOptions {
  readonly seed: number;
  readonly create: CreateSupervisor;
  /** Breaks something on purpose; the run must notice. */
  readonly sabotage?: Sabotage;
  /** Now and then, what peers run is not there. */
  readonly programsGo?: boolean;
  /** Now and then, exits.log goes on in a new file. */
  readonly logRotates?: boolean;
  /** Told what happens, line by line. */
  readonly trace?: (line: string) => void;
}

/** Now and then the kernel tells nothing, or only by itself; the tick is the backstop. */
const WATCHES = ["good", "good", "good", "good", "good", "unasked", "deaf", "broken"] as const;

export type Sabotage = (manned: Manned, world: SimWorld) => Manned;

/** Short enough that reaping and cooling happen within a run. */
const SIM_CONFIG = {
  idleMs: 600_000,
  ephemeralUnarmedIdleMs: 300_000,
  bootDeadlineMs: 40_000,
  readyGateMs: 20_000,
  restartMaxMs: 60_000,
};

/** The host has been up for long: how far back its log goes is told by the first line. */
const OLD_LINE = "ts=2020-01-01T00:00:00.000Z ev=teardown identity=plain-old generation=old\n";

interface Daemon extends Manned {
  readonly supervisor: SupervisorUnderTest;
}

export class SimRun {
  readonly random: Random;
  readonly world: SimWorld;
  readonly actors: readonly Actor[];
  readonly monitor: Monitor;
  readonly promises: Promises;
  daemon: Daemon | null = null;
  /** Sessions that start from now on behave well. */
  calm = false;
  /** A record that was lost may have its line all the same, and a rotated part may be lost. */
  hadPowerCut = false;
  hadRotation = false;
  private messages = 0;

  constructor(private readonly options: SimOptions) {
    this.random = new Random(options.seed);
    this.world = new SimWorld({
      seed: this.random.int(0, 0xffffffff),
      zombies: this.random.chance(0.2),
      config: SIM_CONFIG,
      behaviour: (_spec, random) => (this.calm ? GOOD : behaviour(random)),
    });
    this.actors = cast(this.random);
    this.monitor = new Monitor(this.world);
    this.promises = new Promises(this.world, this.monitor);
    if (options.trace !== undefined) this.monitor.tell = (line) => this.trace(line);
    settleIn(this.world, this.actors);
    if (options.logRotates === true) this.world.files.append(this.world.layout.exitsLog, OLD_LINE);
  }

  trace(line: string): void {
    this.options.trace?.(`${Math.round(this.world.time.mono())} ${line}`);
  }

  /** Does nothing when one runs: the lease keeps a second one out. */
  startDaemon(crashAt: number | null): void {
    if (this.daemon !== null) return;
    this.trace(`daemon starts${crashAt === null ? "" : `, dies at effect ${crashAt}`}`);
    this.world.faults.watch = this.calm ? "good" : this.random.pick(WATCHES);
    const plain = this.world.man(crashAt, ({ kind, path }) => {
      this.trace(`daemon dies before: ${kind} ${path}`);
      this.leaveTemporary(kind, path);
    });
    const manned = this.options.sabotage?.(plain, this.world) ?? plain;
    const supervisor = this.options.create(manned.host, manned.watch);
    this.daemon = { ...manned, supervisor };
    supervisor.start().catch((error: unknown) => {
      // What a dead daemon's leftovers throw is nobody's concern.
      if (!manned.life.ended) this.monitor.violation(`start threw: ${describe(error)}`);
    });
  }

  /** At any moment, as SIGKILL does. */
  killDaemon(): void {
    const { daemon } = this;
    if (daemon === null) return;
    this.trace("daemon is killed");
    daemon.life.die();
    this.daemon = null;
  }

  /** It may have died by its own count of effects. */
  noticeDaemonDeath(): boolean {
    if (this.daemon?.life.ended !== true) return false;
    this.daemon = null;
    return true;
  }

  async stopDaemon(): Promise<void> {
    const { daemon } = this;
    if (daemon === null) return;
    this.trace("daemon is asked to stop");
    daemon.supervisor.stop().catch((error: unknown) => {
      if (!daemon.life.ended) this.monitor.violation(`stop threw: ${describe(error)}`);
    });
    await this.pass(3000);
    daemon.life.die();
    this.daemon = null;
  }

  ask(actor: Actor, verb: Verb, request: VerbRequest = {}): void {
    const { daemon } = this;
    if (daemon === null) return;
    const { personality } = actor.peer;
    this.trace(`asked: ${verb} ${personality} ${JSON.stringify(request)}`);
    const kept = this.promises.asked({ actor, verb, request, life: daemon.life });
    daemon.supervisor.verb({ personality, verb, request }).then(
      (answer: VerbAnswer) => {
        if (daemon.life.ended) return;
        this.trace(`answered: ${verb} ${personality} ${JSON.stringify(answer)}`);
        this.promises.answered(kept, answer);
      },
      (error: unknown) => {
        if (daemon.life.ended) return;
        this.trace(`threw: ${verb} ${personality} ${describe(error)}`);
        this.promises.threw(kept, describe(error));
      },
    );
  }

  nextMessage(): string {
    this.messages += 1;
    return `message ${this.messages}`;
  }

  pass(ms: number): Promise<void> {
    return pass(this.world.time, ms);
  }

  /** What a death between opening a temporary file and renaming it leaves. */
  private leaveTemporary(kind: string, path: string): void {
    if (kind !== "write" && kind !== "link") return;
    const dir = path.slice(0, path.lastIndexOf("/"));
    this.world.files.writeAtomic(`${dir}/.iapeer-99-${this.random.int(1, 999)}.tmp`, "{\"half");
  }
}

/** Most sessions behave; the others hang, end at once, end later, or will not go. */
function behaviour(random: Random): Behaviour {
  const base: Behaviour = {
    bootMs: random.int(1, 400),
    dialog: random.chance(0.3),
    exits: null,
    stubborn: random.chance(0.1),
    turnMs: random.int(50, 20_000),
  };
  if (random.chance(0.85)) return base;
  const status = random.int(0, 3);
  if (random.chance(0.3)) return { ...base, bootMs: Number.POSITIVE_INFINITY };
  const afterMs = random.chance(0.5) ? random.int(0, 5) : random.int(200, 400_000);
  return { ...base, exits: { afterMs, status } };
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
