// What verbs answer, in the words that several of them have in common.

import type { Context } from "../context.ts";
import type { Live } from "../live.ts";
import { besideIt } from "../living.ts";
import type { VerbAnswer } from "../../core/api.ts";
import type { IapeerError } from "../../core/error.ts";
import type { Identity, Personality } from "../../core/names.ts";
import { nextStep } from "../../flows/next-step.ts";
import { crashLoop } from "../../rules/crash-loop.ts";
import { commandFor, type PresenceVerb, whoseOf } from "../../rules/presence-command.ts";

export const commandOf = (verb: PresenceVerb, live: Live): string =>
  commandFor(verb, whoseOf(live, live.presence));

/** Where another one lives, named as this one: new would end that one. */
function commandBeside(verb: PresenceVerb, context: Context, live: Live): string {
  const taken = besideIt(context, live)?.runtime;
  const whose = whoseOf(live, live.presence);
  return commandFor(verb, taken === undefined ? whose : { ...whose, defaultRuntime: taken });
}

export const done = (live: Live, detail: string): VerbAnswer => ({
  result: "done",
  identity: live.identity,
  detail,
});

export type Unmet = Extract<VerbAnswer, { readonly result: "refused" | "failed" }>;

type About = Pick<Live, "identity">;

type Why = readonly [detail: string, next: string];

const unmet =
  (result: Unmet["result"]) =>
  ({ identity }: About, cause: string, [detail, next]: Why): Unmet =>
    ({ result, identity, cause, detail, next });

export const failed = unmet("failed");
export const refused = unmet("refused");

export const errorAnswer = (live: Live, { code, message, next }: IapeerError): Unmet =>
  failed(live, code, [message, next]);

export const unknownPeer = (personality: Personality): Unmet => {
  const identity = personality as unknown as Identity;
  return refused({ identity }, "unknown-peer", [`there is no peer ${personality}`, "iapeer list"]);
};

/** Another one may supervise the root by now. */
export const rootLost = (live: About): Unmet =>
  failed(live, "lease-lost", [
    "this daemon no longer supervises the root, and ends",
    "iapeer daemon status",
  ]);

export const unsure = (live: Live): VerbAnswer =>
  failed(live, "liveness-unknown", [
    "cannot tell whether it still runs; nothing was ended",
    `try again; iapeer why ${live.personality} shows what was seen`,
  ]);

/** What would have to be on disk first is not. */
export const unwritable = (live: Live, detail: string): VerbAnswer => {
  const next = nextStep(live.personality, "state-unwritable");
  return failed(live, "state-unwritable", [detail, next]);
};

/** A stopped one would refuse to be woken, and a crash-looped one to be started too. */
export function notAlive(context: Context, live: Live): VerbAnswer {
  const { clock, config } = context.host;
  const { looped } = crashLoop(live.doc.deaths, clock.wall(), config);
  const { stopped } = live.doc;
  const next = commandBeside(looped ? "new" : stopped ? "start" : "wake", context, live);
  return stopped
    ? failed(live, "stopped", ["it is stopped", next])
    : failed(live, "asleep", ["it is not alive", next]);
}

/** What a stop came to; `how` says what else was done. A crash-looped one is refused a start. */
export function stoppedNow(
  context: Context,
  live: Live,
  { wasStopped, how = "" }: { readonly wasStopped: boolean; readonly how?: string },
): VerbAnswer {
  const { clock, config } = context.host;
  const { looped } = crashLoop(live.doc.deaths, clock.wall(), config);
  const what = wasStopped ? "was stopped already" : "stopped";
  const anew = looped ? commandBeside("new", context, live) : commandOf("start", live);
  return done(live, `${what}${how}; nothing wakes it until: ${anew}`);
}

export const managed = (live: Live): VerbAnswer =>
  failed(live, "managed", ["a service manager holds it", "stop it through its service"]);

export const unsupported = (live: Live, what: string): VerbAnswer =>
  failed(live, "unsupported", [
    `${live.runtime} cannot ${what}`,
    `${commandOf("attach", live)}, and do it there`,
  ]);

export const unreachable = (live: Live, how: string): VerbAnswer =>
  failed(live, "unreachable", [how, `iapeer why ${live.personality}`]);
