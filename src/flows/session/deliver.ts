// Putting a message into a live session: pasted as data, then one Enter, and called delivered
// only when the turn was seen to begin. Never typed into a dialog: an Enter would answer it.

import { look, sessionEnded, type ReadySpec } from "./ready.ts";
import { whyUnanswered, type Unanswered } from "./unanswered.ts";
import type { DeliveryState } from "../../core/api.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { Host } from "../../ports/host.ts";
import type { QueryOutcome } from "../../ports/tmux.ts";

const FREE_WAIT_MS = 20_000;
const ASIDE_WAIT_MS = 2000;
const ASIDE_PRESSES_MAX = 3;
const RENDER_WAIT_MS = 3000;
const CONFIRM_WAIT_MS = 20_000;
/** Right after a paste claude takes no Enter; on an empty prompt another one does nothing. */
const ENTER_AGAIN_MS = 1500;
const ENTER_PRESSES_MAX = 5;
const POLL_FIRST_MS = 10;
const POLL_MAX_MS = 200;

export interface DeliverSpec extends Pick<ReadySpec, "start" | "runtime" | "peer"> {
  readonly text: string;
  readonly launchEnv: Readonly<Record<string, string>>;
  /** True right after a launch: the screen was just seen ready. */
  readonly fresh: boolean;
}

export interface DeliverOutcome {
  readonly state: DeliveryState;
  readonly detail: string;
}

const NOT_FREE = "its screen shows no free composer";
const ENDED: DeliverOutcome = { state: "not-delivered", detail: "it ended before that" };

export async function deliver(host: Host, spec: DeliverSpec): Promise<DeliverOutcome> {
  const within = (forMs: number) => ({ start: spec.start, forMs });
  const free =
    spec.fresh || (await until(host, within(FREE_WAIT_MS), () => isFree(host, spec)));
  // Another of its sessions may be up by now, at the same socket and under the same name.
  if (sessionEnded(host, spec.start)) return ENDED;
  if (!free) return { state: "not-delivered", detail: await whyNotFree(host, spec) };
  const kept = await putAside(host, spec);
  if (kept !== null) return { state: "not-delivered", detail: kept };
  const { socket, identity } = spec.start;
  const before = await screenText(host, spec);
  if (sessionEnded(host, spec.start)) return ENDED;
  const pasted = await host.tmux.paste({ socket, identity, text: spec.text });
  if (pasted.state !== "answered") return { state: "not-delivered", detail: whyUnanswered(pasted) };
  let after = before;
  const shown = async () => (after = await screenText(host, spec)) !== before;
  await until(host, within(RENDER_WAIT_MS), shown);
  if (asks(spec, after)) return { state: "unconfirmed", detail: "a dialog came over the prompt" };
  const mark = activityMark(host, spec);
  const sent = await send(host, spec, mark);
  if (sent === "began") return { state: "delivered", detail: "the turn began" };
  const quiet = sessionEnded(host, spec.start)
    ? "it ended before its turn was seen to begin"
    : "typed, but nothing was seen to move";
  return { state: "unconfirmed", detail: sent === "quiet" ? quiet : whyUnanswered(sent) };
}

/**
 * What stands at the prompt would be sent along, in front of the message: half a command of a
 * person's, or what an interrupted agent was asked. Why it is still there, or null.
 */
async function putAside(host: Host, spec: DeliverSpec): Promise<string | null> {
  const { draft } = spec.runtime;
  if (draft === undefined) return null;
  const { socket, identity } = spec.start;
  let typed = "";
  const read = async (): Promise<QueryOutcome> => {
    const shot = await host.tmux.capture(socket, identity, "styled");
    if (shot.state === "answered") typed = draft.typed(shot.text);
    return shot;
  };
  const shot = await read();
  if (shot.state !== "answered") return whyUnanswered(shot);
  if (typed === "") return null;
  const gone = async () =>
    (await read()).state === "answered" && typed === "" && (await isFree(host, spec, lookOnce));
  for (let press = 1; press <= ASIDE_PRESSES_MAX; press += 1) {
    const before = typed;
    if (sessionEnded(host, spec.start)) return ENDED.detail;
    const pressed = await host.tmux.keys(socket, identity, draft.keys);
    if (pressed.state !== "answered") return whyUnanswered(pressed);
    if (await until(host, { start: spec.start, forMs: ASIDE_WAIT_MS }, gone)) return null;
    // Only a key that was lost is pressed again.
    if (typed === before) continue;
    const { back } = draft;
    const isPart = typed !== "" && !sessionEnded(host, spec.start);
    if (isPart && back !== undefined) await host.tmux.keys(socket, identity, back);
    break;
  }
  if (sessionEnded(host, spec.start)) return ENDED.detail;
  return typed === "" ? NOT_FREE : "what somebody typed stands in its composer";
}

/** A program that is just up may ask something after its prompt was seen. */
function asks({ runtime, peer }: DeliverSpec, text: string | null): boolean {
  if (text === null || !runtime.traits.agentic) return false;
  return runtime.readScreen(text, peer).shows === "dialog";
}

/** Enter, and again while an agent's prompt stays free and nothing has begun. */
async function send(
  host: Host,
  spec: DeliverSpec,
  mark: ActivityMark,
): Promise<"began" | "quiet" | Unanswered> {
  const { socket, identity } = spec.start;
  const presses = spec.runtime.traits.agentic ? ENTER_PRESSES_MAX : 1;
  const began = () => turnBegan(host, spec, mark);
  for (let press = 1; press <= presses; press += 1) {
    if (sessionEnded(host, spec.start)) return "quiet";
    const entered = await host.tmux.keys(socket, identity, ["Enter"]);
    if (entered.state !== "answered") return entered;
    const again = { start: spec.start, forMs: ENTER_AGAIN_MS };
    if (press < presses && (await until(host, again, began))) return "began";
    // Never into a dialog: an Enter would answer it.
    if (!(await isFree(host, spec, lookOnce))) break;
  }
  const last = { start: spec.start, forMs: CONFIRM_WAIT_MS };
  return (await until(host, last, began)) ? "began" : "quiet";
}

type Look = (host: Host, spec: DeliverSpec) => ReturnType<typeof look>;

async function isFree(host: Host, spec: DeliverSpec, see: Look = look): Promise<boolean> {
  if (!spec.runtime.traits.agentic) return true;
  return (await see(host, spec))?.shows === "ready";
}

/**
 * The screen alone, once it was free: what we type is printed, and would pass for the answer of an
 * earlier turn whose end was not written.
 */
const lookOnce: Look = (host, { start, runtime, peer }) => look(host, { start, runtime, peer });

/** Whether it is worth another try, or somebody has to answer it first. */
async function whyNotFree(host: Host, spec: DeliverSpec): Promise<string> {
  const screen = await look(host, spec);
  if (screen?.shows === "busy") return "it is at work";
  return screen?.shows === "dialog" ? `its screen shows "${screen.name}"` : NOT_FREE;
}

async function screenText(host: Host, spec: DeliverSpec): Promise<string | null> {
  const shot = await host.tmux.capture(spec.start.socket, spec.start.identity);
  return shot.state === "answered" ? shot.text : null;
}

interface ActivityMark {
  readonly transcript: string | number | null;
  readonly paneBytes: number;
}

function activityMark(host: Host, spec: DeliverSpec): ActivityMark {
  const pane = host.files.stat(host.layout.paneLog(spec.start.identity));
  return {
    transcript: newestTurn(spec),
    paneBytes: pane.state === "ok" ? pane.size : 0,
  };
}

function newestTurn({ runtime, peer, launchEnv }: DeliverSpec): string | number | null {
  if (runtime.lastTurn !== undefined) return runtime.lastTurn(peer, launchEnv);
  return runtime.lastActivity(peer, launchEnv);
}

/** An agent's turn shows in its transcript or as a busy screen; a program's in its output. */
async function turnBegan(host: Host, spec: DeliverSpec, mark: ActivityMark): Promise<boolean> {
  const now = activityMark(host, spec);
  if (!spec.runtime.traits.agentic) return now.paneBytes !== mark.paneBytes;
  if (now.transcript !== null && now.transcript !== mark.transcript) return true;
  return (await lookOnce(host, spec))?.shows === "busy";
}

/** Polls a condition with growing pauses until it holds, the time is up, or the session ends. */
async function until(
  host: Host,
  wait: { readonly start: StartRecord; readonly forMs: number },
  holds: () => Promise<boolean>,
): Promise<boolean> {
  const end = host.clock.mono() + wait.forMs;
  for (let pauseMs = POLL_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
    if (await holds()) return true;
    if (host.clock.mono() >= end || sessionEnded(host, wait.start)) return false;
    await host.clock.sleep(pauseMs);
  }
}
