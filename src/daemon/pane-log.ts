// Whether what a living peer prints still reaches its log (lifecycle §7): the file may have been
// removed, or replaced, and its writer ends for good on a full disk. Such a log is opened anew; and
// until it is, its age is no sign that the peer rests: tmux is asked before anybody is parked.

import type { Context } from "./context.ts";
import { LONG_AGO, type Live } from "./live.ts";
import { monoMs } from "../core/brand.ts";
import type { StartRecord } from "../core/generation.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import { err, type Result } from "../core/result.ts";
import { reopenPaneLog } from "../flows/session/pane-log.ts";
import { readLogWriter } from "../flows/session/records.ts";
import type { StatOutcome } from "../ports/files.ts";
import type { Host } from "../ports/host.ts";

/** A session that has just come up is about to note who writes its log, and to make the file. */
const NOTED_MS = 1000;
const MADE_MS = 5000;
/** One that cannot is not asked on and on. */
const AGAIN_MS = 300_000;

export function isLogLost(host: Host, live: Live, log: StatOutcome): boolean {
  const now = host.clock.mono();
  const ageMs = now - live.bornMono;
  const isAway = isElsewhere(live, log);
  if (ageMs < NOTED_MS || now - live.logOpenedMono < AGAIN_MS) return false;
  return (isAway && ageMs >= MADE_MS) || live.logClosed || isWriterGone(host, live);
}

/** Its writer has another file, or none of a name: it goes on with the one that it has opened. */
export function isElsewhere(live: Live, log: StatOutcome): boolean {
  if (log.state !== "ok") return log.state === "missing";
  live.logInode ??= log.inode;
  return live.logInode !== log.inode;
}

/** By the session's own note of who it is; false where there is none, or it cannot be told. */
function isWriterGone(host: Host, live: Live): boolean {
  const { start } = live;
  if (start === null) return false;
  const writer = live.logWriter ?? findWriter(host, start);
  if (writer === "unknown") return false;
  if (writer === "gone") return true;
  live.logWriter = writer;
  return host.processes.liveness(writer) === "dead";
}

/** Whoever has its pid and is no child of the server came later. */
function findWriter(host: Host, start: StartRecord): ProcessRef | "gone" | "unknown" {
  const { processes } = host;
  const pid = readLogWriter(host, start);
  const found = pid === null ? "unknown" : processes.identify(pid);
  if (found === "unknown") return "unknown";
  const parent = found === null ? null : processes.parent(found);
  const isOther = parent !== null && parent !== start.server?.pid;
  return found === null || isOther ? "gone" : found;
}

/** In any case not again for a while. What is known of the old one counts until there is a new. */
export async function openLogAnew(host: Host, live: Live): Promise<Result<void>> {
  if (live.start === null) return err("nothing is known of its session");
  live.logOpenedMono = host.clock.mono();
  const opened = await reopenPaneLog(host, live.start);
  if (!opened.ok) return opened;
  live.logWriter = null;
  live.logClosed = false;
  live.logInode = null;
  return opened;
}

/**
 * There is room again: everybody is looked at in full, since writers have ended, and those that
 * came after them. Where no session notes who they are, as without a proc, each may have.
 */
export function doubtLogs({ host, lives, rest }: Pick<Context, "host" | "lives" | "rest">): void {
  rest.wakeAll();
  for (const live of lives.values()) {
    live.still = null;
    live.logOpenedMono = LONG_AGO;
    if (isUntold(host, live)) live.logClosed = true;
  }
}

const isUntold = (host: Host, { start, end, logWriter }: Live): boolean =>
  start !== null && end === null && logWriter === null && readLogWriter(host, start) === null;

const OUTPUT = /^([01]) ([0-9]{1,12})\s*$/;

/** The log is the sign that costs nothing. Where nobody can read or write it, tmux knows more. */
export async function askOutput(host: Host, live: Live): Promise<void> {
  const { files, layout, tmux, clock } = host;
  const { start, identity } = live;
  if (start === null) return;
  const answer = await tmux.query(start.socket, identity, "#{pane_pipe} #{window_activity}");
  const [, isPiped, activity] = answer.state === "answered" ? (OUTPUT.exec(answer.text) ?? []) : [];
  if (isPiped === "0") live.logClosed = true;
  noteOpened(host, live, start);
  const isLost = isPiped === "0" || isElsewhere(live, files.stat(layout.paneLog(identity)));
  if (activity === undefined || !isLost) return;
  // In whole seconds: at the latest it was at the end of that one.
  const ageMs = Math.max(0, clock.wall() - (Number(activity) + 1) * 1000);
  live.idleFloorMono = monoMs(Math.max(live.idleFloorMono, clock.mono() - ageMs));
}

/** Another may have come in its place while no daemon looked: a proc tells which one is written. */
function noteOpened(host: Host, live: Live, start: StartRecord): void {
  const writer = findWriter(host, start);
  if (typeof writer === "string") return;
  const opened = host.files.statTarget(`/proc/${writer.pid}/fd/1`);
  if (opened.state === "ok" && opened.kind === "file") live.logInode = opened.inode;
}
