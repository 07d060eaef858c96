// Ends that are accounted for but not yet on record (lifecycle §5): an always-on peer comes back
// before its old life's witness has written. When no witness does in time, the daemon records.

import { noteBug } from "./bug.ts";
import type { Context, Unrecorded } from "./context.ts";
import { monoMs } from "../core/brand.ts";
import type { StartRecord } from "../core/generation.ts";
import { expectLine } from "./exit-lines.ts";
import { rescueLife } from "./unfinished.ts";
import { mayLive } from "../flows/session/hidden-life.ts";
import { livenessOf } from "../flows/session/life.ts";
import { pathsOf, readEnd, readStart } from "../flows/session/records.ts";
import { ensureRecord } from "../flows/settle.ts";

/** Called with a life that is certainly over and is about to be replaced by another. */
export function expectRecord(context: Context, life: Unrecorded): void {
  const { clock, config } = context.host;
  const untilMono = monoMs(clock.mono() + config.witnessGraceMs);
  context.unrecorded.set(life.generation, { ...life, untilMono });
  clock.after(config.witnessGraceMs, () => recordExpected(context, life));
}

/** Tries again at every tick what a full disk kept from being written. */
export function recordAllExpected(context: Context): void {
  const now = context.host.clock.mono();
  for (const life of context.unrecorded.values()) {
    if ((life.untilMono ?? now) <= now) recordExpected(context, life);
  }
}

function recordExpected(context: Context, life: Unrecorded): void {
  const { host, unrecorded } = context;
  if (context.isClosing()) return;
  const start = latestStart(context, life);
  if (start === null && life.unsure === true) return askAgain(context, life);
  const seen = start?.server === undefined ? null : livenessOf(host, start, "server");
  // It came up after it had been given up: its life goes on, and others will tell its end.
  const isWatched = context.lives.get(life.identity)?.start?.generation === life.generation;
  if (seen === "alive" && (isWatched || life.unsure !== true)) unrecorded.delete(life.generation);
  if (seen !== "dead" && (seen !== null || life.unsure === true)) return;
  // Purged with its identity: there is nothing to tell about any more.
  const purged = host.files.stat(pathsOf(host, life).dir).state === "missing";
  if (!purged && !ensureRecord(host, { ...life, start })) return;
  unrecorded.delete(life.generation);
  if (!purged) expectLine(context, life);
}

/** Being asked about: with a tmux that hangs it takes longer than from one pass to the next. */
const ASKED = new WeakSet<Unrecorded>();

function askAgain(context: Context, life: Unrecorded): void {
  if (ASKED.has(life)) return;
  ASKED.add(life);
  askNow(context, life)
    .catch((error: unknown) => noteBug(context.host, life, error))
    .finally(() => ASKED.delete(life));
}

/** Nobody could tell whether it lives, and it has no record by which it could be looked at. */
async function askNow(context: Context, life: Unrecorded): Promise<void> {
  const { host, unrecorded } = context;
  await context.lanes.run(life.identity, async () => {
    if (context.isLost()) return;
    await rescueLife(context, life);
    const isOpen = readStart(host, life) !== null || readEnd(host, life).state === "failed";
    if (context.isClosing() || isOpen) return;
    if (readEnd(host, life).state === "none" && mayLive(host, life)) return;
    if (!ensureRecord(host, { ...life, start: null })) return;
    unrecorded.delete(life.generation);
    expectLine(context, life);
  });
}

/** A full disk may have kept it from being completed anywhere but in memory. */
function latestStart(context: Context, life: Unrecorded): StartRecord | null {
  const known = context.lives.get(life.identity)?.start ?? null;
  if (known?.generation === life.generation) return known;
  return readStart(context.host, life) ?? life.start;
}
