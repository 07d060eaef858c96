// `state/iapeer/daemon-starts.json`: how the daemon's latest starts went, so that one that will
// not stay up is held back, and `daemon status` can say why.

import { type WallMs } from "../core/brand.ts";
import { Fields, parseJsonObject } from "./fields.ts";

export interface DaemonStart {
  readonly wall: WallMs;
  readonly pid: number;
  /** It answered, and went on for long enough to count as up. */
  readonly steady: boolean;
  /** It ended because it was asked to. */
  readonly asked: boolean;
  /** Why it ended, or could not begin; absent after a crash without a word. */
  readonly reason?: string;
}

export interface DaemonStarts {
  /** Newest last, bounded. */
  readonly starts: readonly DaemonStart[];
  /** Until when it waits before it tries again. */
  readonly heldUntilWall?: WallMs;
}

const STARTS_MAX = 20;
const REASON_MAX = 1000;

export function renderDaemonStarts({ starts, heldUntilWall }: DaemonStarts): string {
  const kept = starts.slice(-STARTS_MAX).map(({ reason, ...start }) => ({
    ...start,
    ...(reason === undefined ? {} : { reason: reason.slice(0, REASON_MAX) }),
  }));
  const held = heldUntilWall === undefined ? {} : { heldUntilWall };
  return `${JSON.stringify({ version: 1, starts: kept, ...held })}\n`;
}

/** Nothing is known from a file that cannot be read. */
export function parseDaemonStarts(text: string): DaemonStarts {
  const object = parseJsonObject(text);
  if (!object.ok) return { starts: [] };
  const fields = new Fields(object.value);
  const read = fields.done<DaemonStarts>({
    starts: fields.list("starts", (item, key) => fields.objectAt(key, item, startOf)),
    ...(fields.has("heldUntilWall") ? { heldUntilWall: fields.wall("heldUntilWall") } : {}),
  });
  return read.ok ? read.value : { starts: [] };
}

function startOf(fields: Fields): DaemonStart {
  const reason = fields.textIf("reason");
  return {
    wall: fields.wall("wall"),
    pid: fields.whole("pid"),
    steady: fields.boolean("steady"),
    asked: fields.boolean("asked"),
    ...(reason === undefined ? {} : { reason }),
  };
}
