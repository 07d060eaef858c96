// The supervisor of one root: reconcile, then ticks, deaths and verbs. Exits, timers and verbs
// only enqueue identities; each identity's own lane is where anything is done.

import { adoptAll, adoptionOf } from "./adoption.ts";
import { noteBug } from "./bug.ts";
import { ClockWatch } from "./clock-watch.ts";
import { type Concerned, isConcerned } from "./concerned.ts";
import type { Context, SupervisorState } from "./context.ts";
import { writeKeptLines } from "./exit-lines.ts";
import { Incidents, mourn } from "./incidents.ts";
import { createLimit } from "../core/limit.ts";
import { Lanes } from "./lanes.ts";
import { countAlive, type Live, type Part } from "./live.ts";
import { Lives } from "./lives.ts";
import { refreshMembers } from "./members.ts";
import { Rest } from "./rest.ts";
import { oomBaseKeeper } from "./oom-base.ts";
import { snapshot } from "./show.ts";
import { supervise } from "./supervise.ts";
import { tick } from "./tick.ts";
import { performVerb, type VerbCall } from "./verbs/verb.ts";
import { why } from "./why.ts";
import type { VerbAnswer } from "../core/api.ts";
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

export const createSupervisor = (host: Host, watch: DeathWatch, only?: Concerned): Supervisor =>
  new HostSupervisor(host, watch, only ?? null);

class HostSupervisor implements Supervisor {
  readonly #context: Context;
  readonly #queued = new Set<Identity>();
  readonly #noteKills: () => void;
  #cancelTick: (() => void) | null = null;
  /** A supervisor of one verb neither starts nor stops, as far as the log is concerned. */
  #started = false;

  constructor(host: Host, watch: DeathWatch, concerned: Concerned) {
    const onExit = (live: Live, part: Part) => this.#exited(live, part);
    const lives = new Lives();
    const rest = new Rest(host.config.tickMs);
    const onUse = (identity: Identity) => rest.wake(lives.get(identity));
    this.#context = {
      host,
      watches: { host, watch, onExit },
      paneLogs: host.files.changesIn(host.layout.panesDir),
      lives,
      lanes: new Lanes(onUse),
      talks: new Lanes(onUse),
      rest,
      kin: { unread: new Set(), known: new Set() },
      incidents: new Incidents(host),
      clocks: new ClockWatch(host),
      unrecorded: new Map(),
      unlined: new Map(),
      limit: createLimit(host.config.launchConcurrency),
      state: {
        rootReady: false,
        registry: { version: 1, peers: [] },
        registryStamp: "",
        closing: false,
        lastSeen: null,
        ticks: 0,
        lastTickMs: 0,
      },
      keepsHeartbeat: true,
      concerned,
      hurry: new AbortController(),
      enqueue: (identity) => this.enqueue(identity),
    };
    this.#noteKills = oomBaseKeeper(this.#context);
  }

  readonly facts: SupervisorFacts = {
    alive: () => countAlive(this.#context.lives.values()),
    ticks: () => this.#context.state.ticks,
    lastTickMs: () => this.#context.state.lastTickMs,
    state: () => this.#context.state,
  };

  async start(): Promise<void> {
    const { state } = this.#context;
    const adopted = this.adoptAll().then(() => this.#tellStarted());
    const isSoon = await this.#within(adopted, ADOPT_SOON_MS);
    if (!isSoon) {
      adopted
        .then(() => (state.closing ? undefined : this.tick()))
        .catch((error: unknown) => noteBug(this.#context.host, "adoption", error));
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
    const { host, state, watches } = this.#context;
    if (state.closing) return;
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
    const { host, state } = this.#context;
    if (state.closing) return;
    this.#noteKills();
    this.tick();
    this.#cancelTick = host.clock.after(host.config.tickMs, () => this.#tickForEver());
  }

  /** A tick that throws is a bug, is logged as one, and does not end the supervisor. */
  tick(): void {
    try {
      tick(this.#context);
    } catch (error) {
      noteBug(this.#context.host, "tick", error);
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
    if (part === "server" && !this.#wasMeant(live)) mourn(this.#context, live);
    this.enqueue(live.identity);
  }

  enqueue(identity: Identity): void {
    const context = this.#context;
    const live = context.lives.get(identity);
    if (live === undefined || context.state.closing || this.#queued.has(identity)) return;
    if (!isConcerned(context, live)) return;
    this.#queued.add(identity);
    const work = () => {
      this.#queued.delete(identity);
      return supervise(context, live);
    };
    const onBug = (error: unknown) => noteBug(context.host, identity, error);
    context.lanes.run(identity, work).catch(onBug);
  }

  verb(call: VerbCall): Promise<VerbAnswer> {
    const adoption = adoptionOf(this.#context, call.personality);
    const perform = () => performVerb(this.#context, call);
    return adoption === null ? perform() : adoption.then(perform);
  }

  snapshot(): Snapshot {
    refreshMembers(this.#context);
    return snapshot(this.#context);
  }

  why(personality: Personality): WhyReport {
    refreshMembers(this.#context);
    return why(this.#context, personality);
  }

  async settled(): Promise<void> {
    const { lanes, talks, host } = this.#context;
    while (lanes.size > 0 || talks.size > 0) await host.clock.sleep(5);
  }

  hurry(): void {
    this.#context.hurry.abort();
  }

  async stop(): Promise<void> {
    const { host, state, lanes, lives, watches, paneLogs } = this.#context;
    state.closing = true;
    this.hurry();
    this.#cancelTick?.();
    for (const live of lives.values()) live.cancelTimer?.();
    const until = host.clock.mono() + CLOSE_WAIT_MS;
    while (lanes.size > 0 && host.clock.mono() < until) await host.clock.sleep(10);
    writeKeptLines(this.#context);
    watches.watch.close();
    paneLogs.close();
    if (!this.#started) return;
    const fields = { pid: host.processes.self().pid, alive: this.facts.alive() };
    host.log.write("lifecycle", { ev: "stopped", fields });
  }
}
