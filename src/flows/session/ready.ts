// Boot and ready (lifecycle §7): a launch has succeeded only when its screen was seen ready, or
// its process stayed alive for as long as the adapter asks. Every wait here is bounded.

import { isAllAlive } from "./life.ts";
import { monoMs, type MonoMs } from "../../core/brand.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import type { ReadyRule, Runtime, Screen } from "../../ports/runtime.ts";

export type ReadyOutcome =
  | { readonly state: "ready" }
  /** The process ended while we waited. */
  | { readonly state: "ended" }
  /** Still there, but not ready in time: it is supervised, and the caller says so. */
  | { readonly state: "not-ready"; readonly detail: string };

const POLL_FIRST_MS = 4;
const POLL_MAX_MS = 250;
const LOOK_ALIVE_MS = 150;
/** A dialog that does not go away is not answered for ever. */
const DIALOG_ANSWERS_MAX = 12;
/**
 * The same key for the same dialog only after so long: a screen that is slow to go would have
 * the second press land on what comes next. A program that lost the first one gets another.
 */
const ANSWER_AGAIN_MS = 3000;
/** Between two words of an answer. */
const WRITING_PAUSE_MS = 10_000;

export interface ReadySpec {
  readonly start: StartRecord;
  readonly runtime: Runtime;
  readonly peer: RegistryEntry;
  readonly rule: ReadyRule;
  /** Told at first, and again with each answer to a dialog: until when it is waited for. */
  readonly onBound?: (untilMono: MonoMs) => void;
}

export async function waitReady(host: Host, spec: ReadySpec): Promise<ReadyOutcome> {
  const begun = host.clock.mono();
  if (spec.rule.by === "alive") {
    spec.onBound?.(monoMs(begun + spec.rule.forMs));
    return waitAlive(host, spec.start, spec.rule.forMs);
  }
  let answers: Answers = { count: 0, latest: "", atMono: begun };
  let untilMono = boundOf(host, begun, answers);
  spec.onBound?.(untilMono);
  let last: Screen = { shows: "wait" };
  for (let pauseMs = POLL_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
    if (sessionEnded(host, spec.start)) return { state: "ended" };
    const screen = await look(host, spec);
    if (screen !== null) last = screen;
    if (screen?.shows === "ready") return { state: "ready" };
    const keys = keysFor(screen, answers, host.clock.mono());
    if (keys !== null && screen !== null) {
      answers = answered(screen, answers, host.clock.mono());
      untilMono = boundOf(host, begun, answers);
      spec.onBound?.(untilMono);
      await host.tmux.keys(spec.start.socket, spec.start.identity, keys);
      pauseMs = POLL_MAX_MS / 2;
    }
    const now = host.clock.mono();
    if (now > untilMono) return { state: "not-ready", detail: describe(last, now - begun) };
    await host.clock.sleep(pauseMs);
  }
}

/** A screen that asks one question after another gets more time with each, up to the boot's. */
const boundOf = ({ config }: Host, begun: MonoMs, { atMono }: Answers): MonoMs =>
  monoMs(Math.min(begun + config.bootDeadlineMs, atMono + config.readyGateMs));

/** What first-run dialogs were answered with so far. */
interface Answers {
  readonly count: number;
  readonly latest: string;
  readonly atMono: MonoMs;
}

function keysFor(screen: Screen | null, before: Answers, now: MonoMs): readonly string[] | null {
  if (screen?.shows !== "dialog" || screen.keys === null) return null;
  if (before.count >= DIALOG_ANSWERS_MAX) return null;
  const repeated = before.latest === describeAnswer(screen);
  return repeated && now - before.atMono < ANSWER_AGAIN_MS ? null : screen.keys;
}

const answered = (screen: Screen, before: Answers, now: MonoMs): Answers => ({
  count: before.count + 1,
  latest: describeAnswer(screen),
  atMono: now,
});

const describeAnswer = (screen: Screen): string =>
  screen.shows === "dialog" ? JSON.stringify([screen.name, screen.keys]) : "";

async function waitAlive(host: Host, start: StartRecord, forMs: number): Promise<ReadyOutcome> {
  const until = host.clock.mono() + forMs;
  for (let left = forMs; left > 0; left = until - host.clock.mono()) {
    await host.clock.sleep(Math.min(LOOK_ALIVE_MS, left));
    if (sessionEnded(host, start)) return { state: "ended" };
  }
  return { state: "ready" };
}

/** Certain death only: an unknown liveness goes on waiting, within the bounds. */
export function sessionEnded(host: Host, start: StartRecord): boolean {
  if (isAllAlive(host, start)) return false;
  const dead = (ref: StartRecord["server"]) =>
    ref !== undefined && host.processes.liveness(ref) === "dead";
  return dead(start.server) || start.pane === undefined || dead(start.pane);
}

export interface LookSpec extends Pick<ReadySpec, "start" | "runtime" | "peer"> {
  /** Its conversation is looked at too, where its screen does not tell all; absent: it is not. */
  readonly launchEnv?: Readonly<Record<string, string>>;
}

/** What the screen shows now; null when the server did not say. */
export async function look(host: Host, spec: LookSpec): Promise<Screen | null> {
  const shot = await host.tmux.capture(spec.start.socket, spec.start.identity);
  if (shot.state !== "answered") return null;
  const screen = spec.runtime.readScreen(shot.text, spec.peer);
  return screen.shows === "ready" && isWriting(host, spec) ? { shows: "busy" } : screen;
}

/**
 * What it writes is seen to be printed. An end that nobody has written down keeps its prompt for
 * this long, and not for ever.
 */
function isWriting({ files, layout, clock }: Host, spec: LookSpec): boolean {
  const { start, runtime, peer, launchEnv } = spec;
  if (runtime.turnRuns === undefined || launchEnv === undefined) return false;
  const pane = files.stat(layout.paneLog(start.identity));
  if (pane.state !== "ok" || clock.wall() - pane.mtimeMs > WRITING_PAUSE_MS) return false;
  return runtime.turnRuns(peer, launchEnv, start.startedWall);
}

function describe(last: Screen, waitedMs: number): string {
  const seconds = Math.round(waitedMs / 1000);
  if (last.shows === "dialog") return `its screen shows "${last.name}" after ${seconds} s`;
  return `its screen was not ready after ${seconds} s (${last.shows})`;
}
