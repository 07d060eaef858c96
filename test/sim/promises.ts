// What daemons promised by answering a verb, and what they owe: a stop flag that holds, one life
// for two wakes at once, an answer to every request while they live.

import type { Verb, VerbAnswer, VerbRequest } from "../../src/core/api.ts";
import type { Identity } from "../../src/core/names.ts";
import type { Incarnation } from "../fakes/guard.ts";
import type { SimWorld } from "../fakes/sim-world.ts";
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
    const pending: Pending = { ...asked, atMono: this.world.time.mono(), answer: null, threw: false };
    this.all.push(pending);
    if (FLAG_VERBS.has(asked.verb)) this.flags.delete(asked.actor.identity);
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
    if (answer.result === "woke" || answer.result === "already-alive") {
      const dir = this.world.layout.generation(identity, answer.generation).dir;
      if (!this.monitor.born.has(dir)) {
        this.monitor.violation(`${answer.result}, but ${answer.generation} never ran`);
      }
    }
  }

  threw(pending: Pending, detail: string): void {
    pending.threw = true;
    this.monitor.violation(`${pending.verb} threw: ${detail}`);
  }

  isHeld(identity: Identity): boolean {
    return this.flags.get(identity) === true;
  }

  /** Whoever asked a daemon that lives has an answer by now. */
  judge(): void {
    for (const pending of this.all) {
      if (pending.life.ended || pending.answer !== null || pending.threw) continue;
      const { verb, actor } = pending;
      this.monitor.violation(`no answer to ${verb} of ${actor.identity}`);
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
