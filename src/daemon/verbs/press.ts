// The verbs that press keys in a living session: interrupt, and compact, whose command is typed
// like a message, into a free prompt and nothing else.

import type { Context } from "../context.ts";
import type { Live } from "../live.ts";
import { commandOf, done, failed, notAlive, unreachable, unsupported } from "./answers.ts";
import { isLive } from "./presence.ts";
import type { VerbAnswer } from "../../core/api.ts";
import { deliver } from "../../flows/session/deliver.ts";
import { whyUnanswered } from "../../flows/session/unanswered.ts";

/** Control is a channel of its own: keys, never text in the conversation. */
export async function interrupt(context: Context, live: Live): Promise<VerbAnswer> {
  if (!isLive(context, live) || live.start === null) return notAlive(context.host, live);
  const keys = context.host.runtimes.get(live.runtime)?.interruptKeys ?? null;
  if (keys === null) return unsupported(live, "be interrupted");
  const { socket, identity } = live.start;
  const pressed = await context.host.tmux.keys(socket, identity, keys);
  return pressed.state === "answered"
    ? done(live, "interrupted")
    : unreachable(live, whyUnanswered(pressed));
}

/** Where messages are typed: the Enter of one would answer a dialog that another has met. */
export function compact(context: Context, live: Live): Promise<VerbAnswer> {
  return context.talks.run(live.identity, () => typeCompact(context, live));
}

async function typeCompact(context: Context, live: Live): Promise<VerbAnswer> {
  const { host } = context;
  const runtime = host.runtimes.get(live.runtime);
  const text = runtime?.compactCommand ?? null;
  const peer = live.presence?.peer;
  const { start, launchEnv } = live;
  if (!isLive(context, live) || start === null || peer === undefined) return notAlive(host, live);
  // It is attached to for that, which takes one that lives.
  if (runtime === undefined || text === null) return unsupported(live, "compact");
  const said = await deliver(host, { start, runtime, peer, text, launchEnv, fresh: false });
  if (said.state === "not-delivered") {
    const look = `${commandOf("attach", live)} shows what it waits for`;
    return failed(live, "not-ready", [`nothing was typed: ${said.detail}`, look]);
  }
  const doubt = said.state === "delivered" ? "" : `: ${said.detail}`;
  return done(live, `asked to compact${doubt}`);
}
