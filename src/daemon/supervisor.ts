// The supervisor of one root: reconcile, then ticks, deaths and verbs. Exits, timers and verbs
// only enqueue identities; each identity's own lane is where anything is done.

import { adoptAll, adoptionOf } from "./adoption.ts";
import { noteBug } from "./bug.ts";
import { isConcerned } from "./concerned.ts";
import type { Context, SupervisorState } from "./context.ts";
import { writeKeptLines } from "./exit-lines.ts";
import { mourn } from "./incidents.ts";
import { countAlive, type Live, type Part } from "./live.ts";
import { refreshMembers } from "./members.ts";
import { oomBaseKeeper } from "./oom-base.ts";
import { snapshot } from "./show.ts";
import { supervise } from "./supervise.ts";
import { type Charge, supervisorContext } from "./supervisor-context.ts";
import { tick } from "./tick.ts";
import { rootLost } from "./verbs/answers.ts";
import { performVerb } from "./verbs/verb.ts";
import { why } from "./why.ts";
import type { VerbAnswer, VerbCall } from "../core/api.ts";
import { isDeliberate } from "../core/generation.ts";
import type { Identity, Personality } from "../core/names.ts";
import type { Snapshot, WhyReport } from "../core/snapshot.ts";
import { readEnd } from "../flows/session/records.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";

export interface Supervisor {
  /**
   * Adopts what an earlier supervisor left, and ticks until stopped. Resolves when that is done, or
   * after a second: what is still waited for then is adopted in its own lane.
   */
  start(): Promise<void>;
  /** Begins nothing new, lets what is under way end, leaves every session alive. */
  stop(): Promise<void>;
  /** The root is gone, or another's by now: nothing more is done in it, and that is final. */
  isLost(): boolean;
  /** Ends what a verb does for others' sake, as a memory provider's command, at once. */
  hurry(): void;
  /** Adopts, without ticking: for one verb while no daemon runs, whom it is about. */
  adoptAll(): Promise<void>;
  verb(call: VerbCall): Promise<VerbAnswer>;
  tick(): void;
  enqueue(identity: Identity): void;
  snapshot(): Snapshot;
  why(personality: Personality): WhyReport;
  /** Resolves when no lane is busy. */
  settled(): Promise<void>;
  readonly facts: SupervisorFacts;
}

export interface SupervisorFacts {
  alive(): number;
  ticks(): number;
  lastTickMs(): number;
  state(): Pick<SupervisorState, "rootTrouble" | "stateTrouble">;
}

/** How long stop() waits for lanes that are under way. */
const CLOSE_WAIT_MS = 15_000;
/** How long start() waits for all to be adopted: one hung tmux must not keep it deaf. */
const ADOPT_SOON_MS = 1000;

export const createSupervisor = (
  host: Host,
  watch: DeathWatch,
  charge: Charge = {},
): Supervisor => new HostSupervisor(host, watch, charge);

class HostSupervisor implements Supervisor {
  readonly #context: Context;
  readonly #queued = new Set<Identity>();
  readonly #noteKills: () => void;
  #cancelTick: (() => void) | null = null;
  /** A supervisor of one verb neither starts nor stops, as far as the log is concerned. */
  #started = false;

  constructor(host: Host, watch: DeathWatch, charge: Charge) {
    this.#context = supervisorContext({ host, watch }, charge, {
      onExit: (live, part) => this.#exited(live, part),
      enqueue: (identity) => this.enqueue(identity),
    });
    this.#noteKills = oomBaseKeeper(this.#context);
  }

  readonly facts: SupervisorFacts = {
    alive: () => countAlive(this.#context.lives.values()),
    ticks: () => this.#context.state.ticks,
    lastTickMs: () => this.#context.state.lastTickMs,
    state: () => this.#context.state,
  };

  async start(): Promise<void> {
    const { isClosing } = this.#context;
    const adopted = this.adoptAll().then(() => this.#tellStarted());
    const isSoon = await this.#within(adopted, ADOPT_SOON_MS);
    if (!isSoon) {
      adopted
        .then(() => (isClosing() ? undefined : this.tick()))
        .catch((error: unknown) => noteBug(this.#context.host, { about: "adoption" }, error));
    }
    this.#tickForEver();
  }

  async #within(work: Promise<void>, ms: number): Promise<boolean> {
    const came = new AbortController();
    const { clock } = this.#context.host;
    try {
      return await Promise.race([
        work.then(() => true),
        clock.sleep(ms, came.signal).then(() => false),
      ]);
    } finally {
      came.abort();
    }
  }

  #tellStarted(): void {
    const { host, state, watches, isClosing } = this.#context;
    if (isClosing()) return;
    this.#started = true;
    host.log.write("lifecycle", {
      ev: "started",
      fields: {
        pid: host.processes.self().pid,
        version: host.facts.version,
        death_watch: watches.watch.mechanism,
        peers: state.registry.peers.length,
        alive: this.facts.alive(),
      },
    });
  }

  adoptAll(): Promise<void> {
    return adoptAll(this.#context);
  }

  #tickForEver(): void {
    const { host, isClosing } = this.#context;
    if (isClosing()) return;
    this.#noteKills();
    this.tick();
    this.#cancelTick = host.clock.after(host.config.tickMs, () => this.#tickForEver());
  }

  /** A tick that throws is a bug, is logged as one, and does not end the supervisor. */
  tick(): void {
    try {
      tick(this.#context);
    } catch (error) {
      noteBug(this.#context.host, { about: "tick" }, error);
      // What it was told may have been lost with it.
      this.#context.rest.wakeAll();
    }
  }

  /** A deliberate end is on record before anything is killed. */
  #wasMeant(live: Live): boolean {
    if (live.start === null) return false;
    const found = readEnd(this.#context.host, live.start);
    return found.state === "recorded" && isDeliberate(found.end);
  }

  #exited(live: Live, part: Part): void {
    if (this.isLost()) return;
    if (part === "server" && !this.#wasMeant(live)) mourn(this.#context, live);
    this.enqueue(live.identity);
  }

  enqueue(identity: Identity): void {
    const context = this.#context;
    const live = context.lives.get(identity);
    if (live === undefined || this.#queued.has(identity) || context.isClosing()) return;
    if (!isConcerned(context, live)) return;
    this.#queued.add(identity);
    const work = () => {
      this.#queued.delete(identity);
      return supervise(context, live);
    };
    const onBug = (error: unknown) => noteBug(context.host, live, error);
    context.lanes.run(identity, work).catch(onBug);
  }

  verb(call: VerbCall): Promise<VerbAnswer> {
    const adoption = adoptionOf(this.#context, call.personality);
    const identity = call.personality as string as Identity;
    const perform = () =>
      this.isLost() ? Promise.resolve(rootLost({ identity })) : performVerb(this.#context, call);
    return adoption === null ? perform() : adoption.then(perform);
  }

  snapshot(): Snapshot {
    if (!this.isLost()) refreshMembers(this.#context);
    return snapshot(this.#context);
  }

  why(personality: Personality): WhyReport {
    if (!this.isLost()) refreshMembers(this.#context);
    return why(this.#context, personality);
  }

  async settled(): Promise<void> {
    const { lanes, talks, host } = this.#context;
    while (lanes.size > 0 || talks.size > 0) await host.clock.sleep(5);
  }

  hurry(): void {
    this.#context.hurry.abort();
  }

  isLost(): boolean {
    return this.#context.isLost();
  }

  async stop(): Promise<void> {
    const { host, state, lanes, lives, watches, paneLogs } = this.#context;
    state.closing = true;
    this.hurry();
    this.#cancelTick?.();
    for (const live of lives.values()) live.cancelTimer?.();
    const until = host.clock.mono() + CLOSE_WAIT_MS;
    const isUnderWay = () => lanes.size > 0 && host.clock.mono() < until;
    while (!this.isLost() && isUnderWay()) await host.clock.sleep(10);
    if (!this.isLost()) writeKeptLines(this.#context);
    watches.watch.close();
    paneLogs.close();
    if (!this.#started || this.isLost()) return;
    const fields = { pid: host.processes.self().pid, alive: this.facts.alive() };
    host.log.write("lifecycle", { ev: "stopped", fields });
  }
}
