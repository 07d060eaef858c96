// Ends that are accounted for but not yet on record (lifecycle §5): an always-on peer comes back
// before its old life's witness has written. When no witness does in time, the daemon records.

import type { Context } from "./context.ts";
import type { StartRecord } from "../core/generation.ts";
import { readEnd } from "../flows/session/records.ts";
import { recordUnwitnessed } from "../flows/settle.ts";

/** Called with a life that is certainly over and is about to be replaced by another. */
export function expectRecord(context: Context, start: StartRecord): void {
  context.unrecorded.set(start.generation, start);
  context.host.clock.after(context.host.config.witnessGraceMs, () => {
    recordExpected(context, start);
  });
}

/** Tries again at every tick what a full disk kept from being written. */
export function recordAllExpected(context: Context): void {
  for (const start of context.unrecorded.values()) {
    const age = context.host.clock.wall() - start.startedWall;
    if (age > context.host.config.witnessGraceMs) recordExpected(context, start);
  }
}

function recordExpected(context: Context, start: StartRecord): void {
  if (context.state.closing || !context.unrecorded.has(start.generation)) return;
  const { host } = context;
  const found = readEnd(host, start);
  if (found.state === "failed") return;
  if (found.state === "none") {
    const { identity, generation } = start;
    const cause = "server-vanished";
    const recorded = recordUnwitnessed(host, { identity, generation, start, cause });
    if (!recorded.ok) return;
  }
  context.unrecorded.delete(start.generation);
}
