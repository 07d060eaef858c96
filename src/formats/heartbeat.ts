// `state/iapeer/heartbeat.json`: the supervisor's progress, and its last reading of the clocks.

import { z } from "zod";
import { wallMs } from "../core/brand.ts";

const schema = z.object({
  ts: z.string(),
  wall: z.number().transform(wallMs),
  boot: z.number(),
  bootId: z.string(),
  pid: z.number().int().positive(),
  ticks: z.number().int().nonnegative(),
  tickMs: z.number().nonnegative(),
  periodMs: z.number().positive(),
  alive: z.number().int().nonnegative(),
});

export type Heartbeat = z.infer<typeof schema>;

export const renderHeartbeat = (beat: Heartbeat): string => `${JSON.stringify(beat)}\n`;

/** Null when it is not a heartbeat. */
export function parseHeartbeat(text: string): Heartbeat | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
