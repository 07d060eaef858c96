// What daemons promised by answering a verb, and what they owe: a stop flag that holds, one life
// for two wakes at once, an answer to every request while they live.

import type { Verb, VerbAnswer, VerbRequest } from "../../src/core/api.ts";
import type { Identity } from "../../src/core/names.ts";
import type { Incarnation } from "../fakes/guard.ts";
import { ProgramRun } from "../fakes/programs.ts";
import type { SimWorld } from "../fakes/sim-world.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";
import type { Actor } from "./cast.ts";
import type { Monitor } from "./monitor.ts";

export interface Asked {
  readonly actor: Actor;
  readonly verb: Verb;
  readonly request: VerbRequest;
  readonly life: Incarnation;
}

interface Pending extends Asked {
  readonly atMono: number;
  answer: VerbAnswer | null;
  threw: boolean;
}

/** Verbs that may change the stop flag. */
const FLAG_VERBS: ReadonlySet<Verb> = new Set([
  "start",
  "stop",
  "new",
  "attach",
  "folder-launch",
  "remove",
]);

export class Promises {
  private readonly all: Pending[] = [];
  /** True: it must be set. Unknown identities: it may be either. */
  private readonly flags = new Map<Identity, boolean>();

  private readonly removals = new Map<Identity, "done" | "asked">();

  constructor(
    private readonly world: SimWorld,
    private readonly monitor: Monitor,
  ) {
    this.monitor.onDoc = (doc) => {
      if (this.flags.get(doc.identity) === true && !doc.stopped) {
        this.monitor.violation(`the stop flag of ${doc.identity} is lost`);
      }
    };
  }

  asked(asked: Asked): Pending {
    const atMono = this.world.time.mono();
    const pending: Pending = { ...asked, atMono, answer: null, threw: false };
    this.all.push(pending);
    if (FLAG_VERBS.has(asked.verb)) this.flags.delete(asked.actor.identity);
    if (asked.verb === "remove" && this.removal(asked.actor.identity) === null) {
      this.removals.set(asked.actor.identity, "asked");
    }
    return pending;
  }

  answered(pending: Pending, answer: VerbAnswer): void {
    pending.answer = answer;
    const { identity } = pending.actor;
    if (pending.verb === "stop" && answer.result === "done" && !this.rivals(pending)) {
      this.flags.set(identity, true);
      if (this.monitor.docs.get(identity)?.stopped !== true) {
        this.monitor.violation(`stop of ${identity} is done, and its flag is not set`);
      }
    }
    if (pending.verb === "remove" && answer.result === "done") {
      this.removals.set(identity, "done");
    }
    if (answer.result === "woke" || answer.result === "already-alive") {
      this.judgeUp(pending, answer);
    }
  }

  /** A life that was promised has been lived, and took the message once if it is called so. */
  private judgeUp(
    { actor, request }: Pending,
    answer: Extract<VerbAnswer, { result: "woke" | "already-alive" }>,
  ): void {
    const { identity } = actor;
    const server = this.monitor.born.get(
      this.world.layout.generation(identity, answer.generation).dir,
    );
    if (server === undefined) {
      this.monitor.violation(`${answer.result}, but ${answer.generation} never ran`);
      return;
    }
    if (answer.delivered !== "delivered" || request.message === undefined) return;
    const { message } = request;
    // A successor may have taken it: the peer has it all the same.
    const mine = [...this.monitor.born.values()].filter((each) => each.identity === identity);
    if (!mine.some((each) => this.timesReceived(message, each) > 0)) {
      this.monitor.violation(`"${message}" is called delivered, and nobody took it`);
    }
  }

  private timesReceived(message: string, server: FakeServer): number {
    const { program } = server.pane;
    if (!(program instanceof ProgramRun)) return 0;
    const text = new RegExp(`${message}(?![0-9])`);
    return program.received.filter((received) => text.test(received)).length;
  }

  threw(pending: Pending, detail: string): void {
    pending.threw = true;
    this.monitor.violation(`${pending.verb} threw: ${detail}`);
  }

  /** `asked`: nobody said how it went; null: it was never asked. */
  removal(identity: Identity): "done" | "asked" | null {
    return this.removals.get(identity) ?? null;
  }

  /** What was taken off the disk may be back. */
  powerCut(): void {
    for (const identity of this.removals.keys()) this.removals.set(identity, "asked");
  }

  isHeld(identity: Identity): boolean {
    return this.flags.get(identity) === true;
  }

  /** Whoever asked a daemon that lives has an answer by now, and no message came twice. */
  judge(): void {
    this.judgeMessages();
    for (const pending of this.all) {
      if (pending.life.ended || pending.answer !== null || pending.threw) continue;
      const { verb, actor } = pending;
      this.monitor.violation(`no answer to ${verb} of ${actor.identity}`);
    }
  }

  private judgeMessages(): void {
    const servers = [...this.monitor.born.values()];
    for (const { request } of this.all) {
      const { message } = request;
      if (message === undefined) continue;
      const times = servers.reduce((sum, each) => sum + this.timesReceived(message, each), 0);
      if (times > 1) this.monitor.violation(`"${message}" was taken ${times} times`);
    }
  }

  /** Another request about the flag was under way at the same time: either may have won. */
  private rivals(pending: Pending): boolean {
    return this.all.some(
      (other) =>
        other !== pending &&
        other.actor === pending.actor &&
        FLAG_VERBS.has(other.verb) &&
        (other.atMono >= pending.atMono || (other.answer === null && !other.life.ended)),
    );
  }
}
