// Plain sentences for `iapeer why` (lifecycle §4): why a peer is in its state, non-actions
// included (not woken because…, not restarted until…), and what would change it.

import type { Config } from "../core/config.ts";
import type { Decision } from "../core/decision.ts";
import { unreachable } from "../core/result.ts";
import type { InactionReason } from "../core/states.ts";
import type { IdentityView, Now } from "../core/world.ts";
import { howItWent, isFailedLaunch, lastEnd, stopper, unlaunched } from "./explain-end.ts";
import { sayManaged, type Explanation } from "./explain-managed.ts";
import { andThen, command, howToWake, ownWords, remedyOf } from "./explain-next.ts";
import { examine, reapLimits, type PlanCase } from "./plan-case.ts";
import { PLAN, decideBy } from "./plan.ts";

/** Explains the decision that the plan makes about this view now. */
export function explain(view: IdentityView, now: Now, config: Config): Explanation {
  const c = examine(view, now, config);
  const decision = decideBy(PLAN, c);
  const waitMs = "untilWall" in decision ? decision.untilWall - now.wall : null;
  const said = decision.action === "none" ? INACTIONS[decision.why] : null;
  const plain = said === null ? explainAction(decision, c) : said(c, waitMs);
  const readyingMs = c.generation?.readyingMs;
  if (readyingMs !== undefined && isAlive(decision)) return sayReadying(readyingMs, c);
  return isUnready(c) ? sayUnready(plain, c) : plain;
}

/** Alive, and nothing is to be done about it. */
const isAlive = (decision: Decision): boolean =>
  decision.action === "none" && (decision.why === "alive-working" || decision.why === "always-on");

/** Its server runs, so it is alive; that it gets no message yet is what a person wants to know. */
const sayReadying = (leftMs: number, { view }: PlanCase): Explanation => ({
  because:
    `It has come up, and is waited for until it is ready, ${sayMs(leftMs)} more at most, ` +
    "unless it asks something.",
  next:
    `${command("logs", view)} shows what it has printed. ` +
    "If it is not ready by then, it stays up.",
});

const isUnready = ({ generation, gone, unknown }: PlanCase): boolean =>
  generation?.unready !== undefined && !gone && !unknown;

/** What its screen asks only a person can see. */
const sayUnready = ({ because, next }: Explanation, { generation, view }: PlanCase) => ({
  because: `${because} It was not seen to be ready: ${generation?.unready}.`,
  next: `${command("attach", view)} shows what it asks, and takes the answer. ${next}`,
});

type Say = (c: PlanCase, waitMs: number | null) => Explanation;

const INACTIONS: Readonly<Record<InactionReason, Say>> = {
  managed: (c) => sayManaged(c),
  launching: () => ({
    because: "A launch of it is under way.",
    next: "It is alive once its screen is ready, or the launch fails and says why.",
  }),
  "liveness-unknown": ({ view }) => ({
    because: "Whether it is alive could not be found out, so nothing is done about it.",
    next: andThen(view, "it is looked at again at the next tick."),
  }),
  settling: (_, waitMs) => ({
    because: "It is gone, and no witness has recorded its end yet.",
    next: `If none does within ${inTime(waitMs)}, the daemon records it.`,
  }),
  stopped: (c) => ({
    because: `${stopper(c)} stopped it: it is not restarted, and messages do not wake it.`,
    next: c.crashLoop.looped
      ? `It died too often: ${command("new", c.view)} starts it afresh now, and ` +
        `${command("start", c.view)} once it has cooled, in ${inTime(coolsIn(c))}.`
      : `${command("start", c.view)} starts it again.`,
  }),
  "crash-loop": (c) => sayCrashLoop(c),
  "back-off": (c, waitMs) => ({
    because: `${lastEnd(c)}${unlaunched(c)} ${PAUSING}`,
    next: isFailedLaunch(c)
      ? `${remedyOf(c.view)}; it is tried again in ${inTime(waitMs)}, ` +
        `or at once by ${command("wake", c.view)}.`
      : `${ownWords(c)}Tried again in ${inTime(waitMs)}.`,
  }),
  "never-ran": (c) =>
    c.crashLoop.looped
      ? sayCrashLoop(c)
      : { because: `It has never run here.${unlaunched(c)}${unkept(c)}`, next: howToWake(c) },
  asleep: (c) =>
    c.crashLoop.looped
      ? sayCrashLoop(c)
      : { because: `${lastEnd(c)}${unlaunched(c)}${unkept(c)}`, next: howToWake(c) },
  "alive-working": (c, waitMs) => {
    const idle = `It is alive, idle for ${sayMs(c.idleMs ?? 0)}${ofLimit(c)}`;
    return isAttached(c)
      ? {
          because: `${idle}, and ${sayClients(c)}.`,
          next:
            `${reapWord(c)} once nobody is attached, in ${inTime(waitMs)} at the earliest, ` +
            "unless it works.",
        }
      : {
          because: `${idle}.`,
          next: `${reapWord(c)} in ${inTime(waitMs)}, unless it works or a human attaches.`,
        };
  },
  "always-on": () => ({
    because: "It is alive and always on: idleness does not park it.",
    next: "When it dies, it is restarted.",
  }),
  attached: (c) => ({
    because: `${overLimit(c)}, but ${sayClients(c)}: it is not reaped under a human.`,
    next: `${reapWord(c)} once nobody is attached.`,
  }),
  "attached-unknown": (c) => ({
    because: `${overLimit(c)}, but whether a human is attached could not be found out.`,
    next: `${reapWord(c)} once it is known that nobody is.`,
  }),
  "idle-unknown": () => ({
    because: "It is alive, and how long it has been idle could not be found out.",
    next: "It is not reaped before that is known.",
  }),
};

function explainAction(decision: Decision, c: PlanCase): Explanation {
  switch (decision.action) {
    case "none":
      return { because: decision.why, next: "" };
    case "settle-stopped":
      return { because: "It is gone, as the operator asked.", next: "It is noted as parked." };
    case "settle-deliberate":
      return { because: lastEnd(c), next: "It is noted, and is no death." };
    case "settle-unstarted":
      return { because: lastEnd(c), next: "It is noted, and is no death." };
    case "settle-death":
      return { because: lastEnd(c), next: "Its death is noted, and what follows decided." };
    case "record-end":
      return { because: "It is gone, unwitnessed.", next: "The daemon records its end now." };
    case "clear-server":
      return { because: lastEnd(c), next: "Its tmux server, which still runs, is ended." };
    case "relaunch":
      return { because: lastEnd(c), next: `It is relaunched now (${decision.cause}).` };
    case "reap":
      return { because: `${overLimit(c)}.`, next: "It is reaped now, unless a human is attached." };
    case "arm-canary":
      return { because: "It is alive, and its canary is gone.", next: "It gets a new canary." };
    case "rotate-pane-log":
      return { because: "It is alive, and its pane log is full.", next: "The log is rotated." };
    case "reopen-pane-log":
      return {
        because: "It is alive, and what it prints is logged no more.",
        next: "It gets a new log.",
      };
    default:
      return unreachable(decision);
  }
}

const coolsIn = ({ crashLoop, now }: PlanCase): number =>
  (crashLoop.untilWall ?? now.wall) - now.wall;

function sayCrashLoop(c: PlanCase): Explanation {
  const { config, view } = c;
  const first = isFailedLaunch(c)
    ? `${remedyOf(view)}; it`
    : `${command("logs", view)} shows what it printed. It`;
  return {
    because:
      `${howItWent(c)}It died at least ${config.crashLoopMax} times within ` +
      `${sayMs(config.crashLoopWindowMs)}: it is neither restarted nor woken.`,
    next:
      `${first} cools down in ${sayMs(coolsIn(c))}; ` +
      `${command("new", view)} starts it afresh now.`,
  };
}

/** Why an always-on peer's presence is left down, if it is one. */
function unkept(c: PlanCase): string {
  if (!c.view.registered) return " Its peer is no longer registered.";
  if (c.view.alwaysOn) return ` Always on holds for its default runtime, ${c.view.defaultRuntime}.`;
  return " It is not always on, so it is not restarted.";
}

const PAUSING = "It is not restarted at once: each time it fails, the pause is longer.";

const ofLimit = (c: PlanCase): string =>
  c.reapLimitMs === null ? "" : ` of at most ${sayMs(c.reapLimitMs)} (${limitName(c)})`;

const overLimit = (c: PlanCase): string =>
  `It has been idle for ${sayMs(c.idleMs ?? 0)}, over its limit of ` +
  `${sayMs(c.reapLimitMs ?? 0)} (${limitName(c)})`;

/** The option behind the limit that comes first, so that a person can find and change it. */
function limitName(c: PlanCase): string {
  const limits = reapLimits(c.view, c.config);
  if (limits["ephemeral-done"] === c.reapLimitMs) return "ephemeral, its reply sent";
  return limits["ephemeral-backstop"] === c.reapLimitMs ? "ephemeral, no reply yet" : "idle";
}

function reapWord(c: PlanCase): string {
  if (limitName(c) === "idle") return "It is parked";
  const { alwaysOn, registered, runtime, defaultRuntime } = c.view;
  const isBack = alwaysOn && registered && runtime === defaultRuntime;
  return isBack ? "It is ended and, being always on, begun afresh" : "It is ended for good";
}

/** Also while nothing is due, where its session has told how many there are. */
function isAttached({ generation }: PlanCase): boolean {
  const attached = generation?.attached;
  return typeof attached === "number" && attached > 0;
}

function sayClients(c: PlanCase): string {
  const attached = c.generation?.attached;
  return attached === 1 ? "a terminal is attached" : `${attached} terminals are attached`;
}

const inTime = (waitMs: number | null): string => sayMs(waitMs ?? 0);

/** `850 ms`, `42 s`, `12 min`, `3 h 20 min`: exact enough to wait by. */
export function sayMs(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
