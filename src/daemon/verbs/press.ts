// The verbs that press keys in a living session: interrupt, and compact, whose command is typed
// like a message, into a free prompt and nothing else.

import type { Context } from "../context.ts";
import type { Live } from "../live.ts";
import { commandOf, done, failed, notAlive, unreachable, unsupported } from "./answers.ts";
import { isLive } from "../living.ts";
import type { VerbAnswer } from "../../core/api.ts";
import { deliver } from "../../flows/session/deliver.ts";
import { look } from "../../flows/session/ready.ts";
import { whyUnanswered } from "../../flows/session/unanswered.ts";
import type { Host } from "../../ports/host.ts";

const PRESSES_MAX = 3;
const STOP_WAIT_MS = 1500;
const POLL_MS = 50;
/** Twice within less than a second, the key opens claude's list of what to go back to. */
const TWICE_MS = 2000;

/**
 * Control is a channel of its own: keys, never text in the conversation. Whoever asks while one is
 * under way shares it: two keys at once are one too many.
 */
export async function interrupt(context: Context, live: Live): Promise<VerbAnswer> {
  const { interrupts } = live;
  interrupts.underWay ??= pressKeys(context, live).finally(() => {
    interrupts.underWay = null;
  });
  return interrupts.underWay;
}

async function pressKeys(context: Context, live: Live): Promise<VerbAnswer> {
  const { host } = context;
  if (!isLive(context, live) || live.start === null) return notAlive(context, live);
  const keys = host.runtimes.get(live.runtime)?.interruptKeys ?? null;
  if (keys === null) return unsupported(live, "be interrupted");
  const { socket, identity } = live.start;
  if (await hasJustStopped(host, live)) return done(live, "interrupted");
  const turn = await turnWatch(host, live);
  for (let press = 1; press <= PRESSES_MAX; press += 1) {
    live.interrupts.lastMono = host.clock.mono();
    const pressed = await host.tmux.keys(socket, identity, keys);
    if (pressed.state !== "answered") return unreachable(live, whyUnanswered(pressed));
    // A key too many would do something else to one that has stopped.
    const after = await afterKey(host, turn);
    if (after === "over") return done(live, "interrupted");
    if (after === "unknown") return done(live, "asked to give up its turn, and not seen since");
  }
  return done(live, "asked to give up its turn, and still seen at work");
}

async function hasJustStopped(host: Host, live: Live): Promise<boolean> {
  const { start, interrupts, launchEnv } = live;
  const sinceMs = host.clock.mono() - interrupts.lastMono;
  const runtime = host.runtimes.get(live.runtime);
  const peer = live.presence?.peer;
  if (sinceMs >= TWICE_MS || runtime?.traits.agentic !== true) return false;
  if (start === null || peer === undefined) return false;
  return (await look(host, { start, runtime, peer, launchEnv }))?.shows === "ready";
}

type Turn = "runs" | "over" | "unknown";

async function afterKey({ clock }: Host, turn: () => Promise<Turn>): Promise<Turn> {
  const end = clock.mono() + STOP_WAIT_MS;
  for (;;) {
    const now = await turn();
    if (now === "over" || clock.mono() >= end) return now;
    await clock.sleep(POLL_MS);
  }
}

/**
 * Whether the turn of this moment is still seen to run: one key may do something else first, as
 * leave vim's insert mode in claude. What a waiting message begins meanwhile is another turn.
 */
async function turnWatch(host: Host, live: Live): Promise<() => Promise<Turn>> {
  const { start, launchEnv } = live;
  const peer = live.presence?.peer;
  const runtime = host.runtimes.get(live.runtime);
  if (start === null || peer === undefined || runtime?.traits.agentic !== true) return noTurn;
  const spec = { start, runtime, peer, launchEnv };
  const shown = async (): Promise<Turn> => {
    const screen = await look(host, spec);
    if (screen === null) return "unknown";
    return screen.shows === "busy" ? "runs" : "over";
  };
  const begun = runtime.lastTurn?.(peer, launchEnv);
  if ((await shown()) === "over") return noTurn;
  return async () => (runtime.lastTurn?.(peer, launchEnv) === begun ? shown() : "over");
}

const noTurn = (): Promise<Turn> => Promise.resolve("over");

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
  if (!isLive(context, live) || start === null || peer === undefined) {
    return notAlive(context, live);
  }
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
