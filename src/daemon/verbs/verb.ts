// One verb about one peer, whoever asked: each verb's guards live in the verb.

import { done, refused } from "./answers.ts";
import { askerOf, noteAsked } from "./asked.ts";
import { refresh } from "./halt.ts";
import { selfDone, selfFresh } from "./self.ts";
import { foreign, isHeld, startHeld, startsHeld, stopOf } from "./held.ts";
import { choosePresence, presencesOfPeer } from "./presence.ts";
import { remove } from "./remove.ts";
import { rename } from "./rename.ts";
import { compact, interrupt } from "./press.ts";
import { rouse } from "./rouse.ts";
import type { BringUp } from "../bring-up.ts";
import type { Context } from "../context.ts";
import { noticeJump } from "../tick.ts";
import type { Live } from "../live.ts";
import type { Verb, VerbAnswer, VerbCall, VerbRequest } from "../../core/api.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import type { RuntimeName } from "../../core/names.ts";
import { unreachable } from "../../core/result.ts";

/** The operator's own launch ends a halt. */
const unhalt = (doc: IdentityDoc): IdentityDoc => ({ ...doc, stopped: false });

/** `new` also clears the crash-loop guard and the back-off. */
const startOver = (doc: IdentityDoc): IdentityDoc => ({
  ...unhalt(doc),
  deaths: [],
  freshNext: false,
  restart: { attempts: 0, notBeforeWall: null },
});

export async function performVerb(context: Context, call: VerbCall): Promise<VerbAnswer> {
  noticeJump(context);
  const answer = await perform(context, call);
  noteAsked(context, call, answer);
  return answer;
}

async function perform(context: Context, call: VerbCall): Promise<VerbAnswer> {
  const { personality, verb, request } = call;
  if (verb === "remove") return remove(context, personality, request);
  if (verb === "rename") return rename(context, personality, request);
  if (verb === "stop") return stop(context, call);
  const runtime = request.runtime ?? stoppedDefault(context, call);
  const chosen = choosePresence(context, personality, runtime);
  if (!chosen.ok) return chosen.error;
  const answer = await performOn(context, chosen.value, { verb, request });
  const isHeldBack = answer.result === "refused" && answer.cause === "managed";
  // What leads on from there, start and new, is refused too where the job is somebody else's.
  return (isHeldBack ? foreign(context, chosen.value) : null) ?? answer;
}

/** `start` is what lifts its stop, also while another presence lives: its refusals say so. */
function stoppedDefault(context: Context, call: VerbCall): RuntimeName | undefined {
  if (call.verb !== "start") return undefined;
  const [first] = presencesOfPeer(context, call.personality);
  const isDefault = first?.presence?.peer.default_runtime === first?.runtime;
  return isDefault && first?.doc.stopped === true ? first.runtime : undefined;
}

interface OneVerb {
  readonly verb: Exclude<Verb, "remove" | "rename" | "stop">;
  readonly request: VerbRequest;
}

/** Of one presence, that was chosen. */
async function performOn(
  context: Context,
  live: Live,
  { verb, request }: OneVerb,
): Promise<VerbAnswer> {
  const from = askerOf(request);
  const up = (how: BringUp) => rouse(context, live, { request, rouse: { from, ...how } });
  switch (verb) {
    case "wake":
      return up({ trigger: "message", ...asked(request) });
    case "start":
      return (
        held(context, live, { anew: false, change: unhalt }) ??
        up({ trigger: "start", change: unhalt, ...asked(request) })
      );
    case "new": {
      const how = { anew: true, change: startOver };
      return held(context, live, how) ?? up({ trigger: "new", change: startOver });
    }
    case "attach":
      return up({ trigger: "attach", change: unhalt });
    case "folder-launch":
      return up({ trigger: "folder-launch", change: unhalt });
    case "refresh":
      return isHeld(context, live) ? notByDaemon(live) : refresh(context, live);
    case "interrupt":
      return interrupt(context, live);
    case "compact":
      return compact(context, live);
    case "self-fresh":
      if (isHeld(context, live)) return notByDaemon(live);
      return selfFresh(context, live, { request, askedBy: from });
    case "self-done":
      return isHeld(context, live) ? notByDaemon(live) : selfDone(context, live, request);
    default:
      return unreachable(verb);
  }
}

/** Null: the daemon looks after it. */
function held(
  context: Context,
  live: Live,
  how: { anew: boolean; change: (doc: IdentityDoc) => IdentityDoc },
): Promise<VerbAnswer> | null {
  const runtime = startsHeld(context, live);
  return runtime === null ? null : startHeld(context, live, { runtime, ...how });
}

const notByDaemon = (live: Live): VerbAnswer =>
  refused(live, "managed", [
    "a service manager holds it: the daemon neither ends nor refreshes it",
    `iapeer new ${live.personality}`,
  ]);

function asked(request: VerbRequest): Pick<BringUp, "topic" | "asked"> {
  return {
    ...(request.topic === undefined ? {} : { topic: request.topic }),
    ...(request.mode === undefined ? {} : { asked: request.mode }),
  };
}

/** Every presence, unless one is named. */
async function stop(context: Context, call: VerbCall): Promise<VerbAnswer> {
  const askedBy = askerOf(call.request);
  const { runtime } = call.request;
  const chosen = choosePresence(context, call.personality, runtime);
  if (!chosen.ok) return chosen.error;
  if (runtime !== undefined) return stopOf(context, chosen.value, askedBy);
  const lives = presencesOfPeer(context, call.personality);
  const answers = await Promise.all(lives.map((live) => stopOf(context, live, askedBy)));
  const unmet = answers.find((answer) => answer.result !== "done");
  if (unmet !== undefined) return unmet;
  const [first, ...others] = answers.filter((answer) => answer.result === "done");
  if (first === undefined) return done(chosen.value, "stopped");
  if (others.length === 0) return first;
  return { ...first, others: others.map(({ identity, detail }) => ({ identity, detail })) };
}
