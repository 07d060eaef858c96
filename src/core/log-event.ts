// One line of a log (lifecycle §8): `ts` first, `ev` second, then fields in this order.

import type { WallMs } from "./brand.ts";

export type LogValue = string | number | boolean;

/** Undefined fields are left out. */
export interface LogEvent {
  readonly ev: string;
  readonly fields: Readonly<Record<string, LogValue | undefined>>;
}

/** A line read back. */
export interface LoggedEvent {
  readonly ts: string;
  readonly ev: string;
  readonly fields: Readonly<Record<string, string>>;
}

export type LogName = "lifecycle" | "exits" | "delivery";

export interface StampedEvent extends LogEvent {
  readonly wall: WallMs;
}
