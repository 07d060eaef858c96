// One peer from the moment its holder has it until the holder lets go: brought up or adopted,
// settled after every change, and told how it ended (service-manager contract).

import { bringUp } from "../bring-up.ts";
import { converse } from "../converse.ts";
import { refreshLive } from "../live.ts";
import { adopt } from "../members.ts";
import { partLiveness } from "../observe.ts";
import { reconcile } from "../reconcile.ts";
import { supervise } from "../supervise.ts";
import { endSession } from "../verbs/halt.ts";
import { armLife } from "../watches.ts";
import type { Changes } from "./changes.ts";
import type { OwnPeer } from "./own-context.ts";
import { growPause, pause } from "./pause.ts";
import { isDeliberate } from "../../core/generation.ts";
import { dropHandOver, takeHandOver } from "../../flows/service/hand-over.ts";
import { changeDoc } from "../../flows/storage/identity-doc.ts";
import { freshText } from "../../flows/texts.ts";
import type { WakeOutcome } from "../../flows/wake.ts";
import type { Host } from "../../ports/host.ts";
import { addDeath } from "../../rules/crash-loop.ts";
import { givingUp } from "../../rules/give-up.ts";
import { commandFor, whoseOf } from "../../rules/presence-command.ts";

/** `stopped`, `let-go`, `ended` and `gave-up` are deliberate: exit code 0, and it stays down. */
export interface HoldEnd {
  readonly end: "stopped" | "let-go" | "ended" | "gave-up" | "died" | "failed";
  readonly detail: string;
}

export interface HoldAsk {
  /** Aborted at TERM. */
  readonly signal: AbortSignal;
  readonly onUp?: (how: "adopted" | "started") => void;
  /** Nothing was started, and why; it is tried again in so many milliseconds. */
  readonly onPause?: (why: string, ms: number) => void;
}

type Fallen = Extract<WakeOutcome, { state: "refused" | "failed" }>;

export class Holder {
  readonly #deps: HoldAsk;
  readonly #own: OwnPeer;
  readonly #changes: Changes;
  #cancelTick: (() => void) | null = null;

  constructor(deps: HoldAsk, own: OwnPeer, changes: Changes) {
    this.#deps = deps;
    this.#own = own;
    this.#changes = changes;
    deps.signal.addEventListener("abort", () => changes.note(), { once: true });
  }

  close(): void {
    this.#cancelTick?.();
    this.#own.live.cancelTimer?.();
  }

  async hold(): Promise<HoldEnd> {
    // A mark that nobody took was for a process that had ended by then.
    dropHandOver(this.#host, this.#own.live.identity);
    await this.#look(true);
    const end = this.#keptDown() ?? (await this.#up()) ?? (await this.#watch());
    const { identity } = this.#own.live;
    const fields = { identity, action: end.end, detail: end.detail };
    this.#host.log.write("lifecycle", { ev: "run-infra", fields });
    return end;
  }

  get #host(): Host {
    return this.#own.context.host;
  }

  #inLane<T>(work: () => Promise<T>): Promise<T> {
    const { context, live } = this.#own;
    return context.lanes.run(live.identity, work);
  }

  /** Settles what has happened; the first look also takes up what an earlier holder left. */
  async #look(first: boolean): Promise<void> {
    const { context, live } = this.#own;
    await this.#inLane(async () => {
      if (first) {
        await reconcile(context, live);
        adopt(context.host, live);
        armLife(context.watches, live);
      }
      refreshLive(context.host, live);
      await supervise(context, live);
    });
  }

  /** Null: nothing is against starting it. */
  #keptDown(): HoldEnd | null {
    const { live } = this.#own;
    if (live.doc.stopped) return { end: "stopped", detail: "iapeer stop is in force" };
    if (this.#isUp()) return null;
    return this.#gaveUp();
  }

  #gaveUp(): HoldEnd | null {
    const { context, live } = this.#own;
    const now = context.host.clock.wall();
    const { gaveUp, failures } = givingUp(live.doc.deaths, now);
    const marked = live.doc.gaveUpWall !== undefined;
    if (gaveUp === marked && !gaveUp) return null;
    changeDoc(context.host, live.identity, ({ gaveUpWall, ...doc }) =>
      gaveUp ? { ...doc, gaveUpWall: gaveUpWall ?? now } : doc,
    );
    refreshLive(context.host, live);
    if (!gaveUp) return null;
    const anew = commandFor("new", whoseOf(live, live.presence));
    const detail = `${failures} failures within 10 minutes; ${anew}`;
    return { end: "gave-up", detail };
  }

  #isUp(): boolean {
    const { context, live } = this.#own;
    if (live.start === null || live.end !== null) return false;
    return (["server", "pane"] as const).every((part) => {
      return partLiveness(context.host, live, part) !== "dead";
    });
  }

  /** Null: it is up. What was never started has not died, and is tried again here. */
  async #up(): Promise<HoldEnd | null> {
    const { doc } = this.#own.live;
    const hasDied = () => this.#own.live.doc.deaths.at(-1) !== doc.deaths.at(-1);
    for (;;) {
      const fallen = await this.#bringUp();
      if (fallen === null) return null;
      await this.#look(false);
      const isForGood = fallen.state === "refused" && fallen.cause !== "liveness-unknown";
      if (isForGood || hasDied()) return this.#failed(fallen, hasDied());
      await this.#pause(fallen);
      if (this.#deps.signal.aborted) return this.#asked();
      await this.#look(false);
      const down = this.#keptDown() ?? (hasDied() ? this.#failed(fallen, true) : null);
      if (down !== null) return down;
    }
  }

  #pause({ cause, detail }: Fallen): Promise<void> {
    const ms = growPause(this.#own);
    const why = `${cause}: ${detail}`;
    this.#deps.onPause?.(why, ms);
    return pause(this.#own, ms, this.#deps.signal);
  }

  /** Null: it is up. */
  async #bringUp(): Promise<Fallen | null> {
    const { context, live } = this.#own;
    if (this.#isUp()) {
      this.#say("adopted");
      return null;
    }
    const outcome = await this.#inLane(() => bringUp(context, live, { trigger: "always-on" }));
    if (outcome.state === "woke") {
      const { start, launchEnv, woke } = outcome;
      const peer = live.presence?.peer;
      const text = peer === undefined ? null : freshText(peer, woke.mode, null);
      const rule = woke.rule;
      void converse(context, live, { start, launchEnv, rule, text }).then(this.#noted, this.#noted);
      this.#say("started");
      return null;
    }
    return outcome.state === "alive" ? null : outcome;
  }

  readonly #noted = (): void => this.#changes.note();

  #say(how: "adopted" | "started"): void {
    const { live } = this.#own;
    const fields = { identity: live.identity, action: how, generation: live.doc.generation ?? "" };
    this.#host.log.write("lifecycle", { ev: "run-infra", fields });
    this.#deps.onUp?.(how);
  }

  /** What no later try would change counts like a death, so that it is given up on. */
  #failed({ cause, detail }: Fallen, hasDied: boolean): HoldEnd {
    const { context, live } = this.#own;
    const { host } = context;
    if (!hasDied && cause !== "crash-loop") {
      const at = host.clock.wall();
      changeDoc(host, live.identity, (doc) => ({ ...doc, deaths: addDeath(doc.deaths, at) }));
      refreshLive(host, live);
    }
    return this.#gaveUp() ?? { end: "failed", detail: `${cause}: ${detail}` };
  }

  async #watch(): Promise<HoldEnd> {
    this.#tick();
    for (;;) {
      if (this.#deps.signal.aborted) return this.#asked();
      await this.#look(false);
      if (this.#isOver()) return this.#over();
      await this.#changes.next();
    }
  }

  #tick(): void {
    const { clock, config } = this.#host;
    this.#cancelTick = clock.after(config.tickMs, () => {
      this.#changes.note();
      this.#tick();
    });
  }

  /** Its end is on record and accounted for. */
  #isOver(): boolean {
    const { doc } = this.#own.live;
    return doc.generation === null || doc.generation === doc.settled;
  }

  #over(): HoldEnd {
    const { live } = this.#own;
    const { end } = live;
    if (live.doc.stopped) return { end: "stopped", detail: "iapeer stop is in force" };
    const reason = end?.reason ?? end?.cause ?? "its session is gone";
    if (end !== null && isDeliberate(end)) return { end: "ended", detail: reason };
    const exit = end?.deadStatus ?? end?.deadSignal;
    const how = exit === undefined ? reason : `its process ended (${exit})`;
    return this.#gaveUp() ?? { end: "died", detail: how };
  }

  /** TERM: let go of a session that another process will adopt, or end it in order. */
  async #asked(): Promise<HoldEnd> {
    const { context, live } = this.#own;
    if (takeHandOver(context.host, live.identity)) {
      return { end: "let-go", detail: "its session lives on for the next holder" };
    }
    refreshLive(context.host, live);
    const reason = live.doc.stopped ? "stop" : "shutdown";
    const failed = await this.#inLane(() => endSession(context, live, { reason }));
    if (failed === null) return { end: "ended", detail: reason };
    const detail = "detail" in failed ? failed.detail : failed.result;
    return { end: "failed", detail: `its session did not end: ${detail}` };
  }
}
