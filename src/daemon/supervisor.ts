// The supervisor of one root: reconcile, then ticks, deaths and verbs. Exits, timers and verbs
// only enqueue identities; each identity's own lane is where anything is done.

import { ClockWatch } from "./clock-watch.ts";
import type { Context } from "./context.ts";
import { Incidents, mourn } from "./incidents.ts";
import { createLimit, Lanes } from "./lanes.ts";
import { countAlive, type Live, type Part } from "./live.ts";
import { adopt, admitLeftovers, refreshMembers } from "./members.ts";
import { keepOomBase } from "./oom-base.ts";
import { missedEnd, reconcile } from "./reconcile.ts";
import { snapshot } from "./show.ts";
import { supervise } from "./supervise.ts";
import { applyJump, readyRoot, tick } from "./tick.ts";
import { armLife } from "./watches.ts";
import { performVerb, type VerbCall } from "./verbs/verb.ts";
import { why } from "./why.ts";
import { wallMs } from "../core/brand.ts";
import type { VerbAnswer } from "../core/api.ts";
import { isDeliberate } from "../core/generation.ts";
import type { Identity, Personality } from "../core/names.ts";
import type { Snapshot, WhyReport } from "../core/snapshot.ts";
import { readEnd } from "../flows/session/records.ts";
import { parseHeartbeat } from "../formats/heartbeat.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";

export interface Supervisor {
  /** Adopts what an earlier supervisor left, then ticks until stopped. */
  start(): Promise<void>;
  /** Begins nothing new, lets what is under way end, leaves every session alive. */
  stop(): Promise<void>;
  /** Ends what a verb does for others' sake, as a memory provider's command, at once. */
  hurry(): void;
  /** Adopts without ticking: for one verb while no daemon runs. */
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
}

/** How long stop() waits for lanes that are under way. */
const CLOSE_WAIT_MS = 15_000;
/** Identities adopted at once: each may wait for a launch that its launcher never finished. */
const ADOPT_AT_ONCE = 32;

export function createSupervisor(host: Host, watch: DeathWatch): Supervisor {
  return new HostSupervisor(host, watch);
}

class HostSupervisor implements Supervisor {
  readonly #context: Context;
  readonly #queued = new Set<Identity>();
  #cancelTick: (() => void) | null = null;
  /** A supervisor of one verb neither starts nor stops, as far as the log is concerned. */
  #started = false;

  constructor(host: Host, watch: DeathWatch) {
    const onExit = (live: Live, part: Part) => this.#exited(live, part);
    this.#context = {
      host,
      watches: { host, watch, onExit },
      lives: new Map(),
      lanes: new Lanes(),
      talks: new Lanes(),
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
        lastSeenWall: null,
        ticks: 0,
        lastTickMs: 0,
      },
      keepsHeartbeat: true,
      hurry: new AbortController(),
      enqueue: (identity) => this.enqueue(identity),
    };
  }

  readonly facts: SupervisorFacts = {
    alive: () => countAlive(this.#context.lives.values()),
    ticks: () => this.#context.state.ticks,
    lastTickMs: () => this.#context.state.lastTickMs,
  };

  async start(): Promise<void> {
    const { host } = this.#context;
    await this.adoptAll();
    this.#started = true;
    host.log.write("lifecycle", {
      ev: "started",
      fields: {
        pid: host.processes.self().pid,
        version: host.facts.version,
        death_watch: this.#context.watches.watch.mechanism,
        peers: this.#context.state.registry.peers.length,
        alive: this.facts.alive(),
      },
    });
    keepOomBase(this.#context);
    this.#tickForEver();
  }

  async adoptAll(): Promise<void> {
    const context = this.#context;
    readyRoot(context);
    this.#lookBack();
    this.#look();
    const limit = createLimit(ADOPT_AT_ONCE);
    const adoptOne = async (live: Live) => {
      if (!context.host.manager.manages(live.personality)) await reconcile(context, live);
      adopt(context.host, live);
      armLife(context.watches, live);
    };
    const all = [...context.lives.values()];
    const boot = context.host.processes.bootId();
    const rebooted = all.filter(
      ({ start, end }) => end === null && (start?.bootId ?? boot) !== boot,
    );
    context.incidents.reboot(rebooted.map(({ identity }) => identity));
    await Promise.all(
      // The lane is entered at once: a verb that comes meanwhile finds its peer adopted.
      all.map((live) => context.lanes.run(live.identity, () => limit(() => adoptOne(live)))),
    );
    context.incidents.missed(all.flatMap(missedEnd));
  }

  #look(): void {
    refreshMembers(this.#context);
    admitLeftovers(this.#context);
  }

  /** What the last heartbeat says: since when nobody has looked, and whether the clock jumped. */
  #lookBack(): void {
    const { host, state, clocks } = this.#context;
    const read = host.files.read(host.layout.heartbeat);
    const beat = read.state === "ok" ? parseHeartbeat(read.text) : null;
    if (beat !== null) state.lastSeenWall = wallMs(beat.wall);
    const known = beat !== null && beat.bootId === host.processes.bootId();
    const jump = known ? clocks.lookBack(beat) : null;
    // Without a word of this boot nobody knows how its clocks went: idle ages begin anew.
    if (!known) clocks.floorMono = host.clock.mono();
    if (clocks.floorMono === null) return;
    this.#look();
    for (const live of this.#context.lives.values()) live.idleFloorMono = clocks.floorMono;
    if (jump !== null) applyJump(this.#context, jump);
  }

  #tickForEver(): void {
    const { host, state } = this.#context;
    if (state.closing) return;
    this.tick();
    this.#cancelTick = host.clock.after(host.config.tickMs, () => this.#tickForEver());
  }

  /** A tick that throws is a bug, is logged as one, and does not end the supervisor. */
  tick(): void {
    try {
      tick(this.#context);
    } catch (error) {
      this.#bug("tick", error);
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
    this.#queued.add(identity);
    const work = () => {
      this.#queued.delete(identity);
      return supervise(context, live);
    };
    context.lanes.run(identity, work).catch((error: unknown) => this.#bug(identity, error));
  }

  verb(call: VerbCall): Promise<VerbAnswer> {
    return performVerb(this.#context, call);
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
    const { host, state, lanes, lives, watches } = this.#context;
    state.closing = true;
    this.hurry();
    this.#cancelTick?.();
    for (const live of lives.values()) live.cancelTimer?.();
    const until = host.clock.mono() + CLOSE_WAIT_MS;
    while (lanes.size > 0 && host.clock.mono() < until) await host.clock.sleep(10);
    watches.watch.close();
    if (!this.#started) return;
    host.log.write("lifecycle", {
      ev: "stopped",
      fields: { pid: host.processes.self().pid, alive: this.facts.alive() },
    });
  }

  #bug(about: string, error: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#context.host.log.write("lifecycle", { ev: "bug", fields: { about, detail } });
  }
}
