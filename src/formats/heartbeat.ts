// `state/iapeer/heartbeat.json`: the supervisor's progress, and its last reading of the clocks.

import type { WallMs } from "../core/brand.ts";
import { Fields, parseJsonObject } from "./fields.ts";

export interface Heartbeat {
  readonly ts: string;
  readonly wall: WallMs;
  /** The clock that runs through a suspend, milliseconds since boot. */
  readonly boot: number;
  /** The clock that a suspend stops, of the host, not of one process. */
  readonly mono?: number;
  /** That clock at the latest jump that was noticed on this boot. */
  readonly jumpMono?: number;
  readonly bootId: string;
  readonly pid: number;
  /** When that process was started: the pid alone may be another's by now. */
  readonly start?: string;
  readonly ticks: number;
  readonly tickMs: number;
  readonly periodMs: number;
  /** Sessions watched at the time. */
  readonly alive: number;
}

export const renderHeartbeat = (beat: Heartbeat): string => `${JSON.stringify(beat)}\n`;

/** Null when it is not a heartbeat. */
export function parseHeartbeat(text: string): Heartbeat | null {
  const object = parseJsonObject(text);
  if (!object.ok) return null;
  const fields = new Fields(object.value);
  const read = fields.done<Heartbeat>({
    ts: fields.text("ts"),
    wall: fields.wall("wall"),
    boot: fields.number("boot"),
    ...present("mono", fields.numberIf("mono")),
    ...present("jumpMono", fields.numberIf("jumpMono")),
    bootId: fields.text("bootId"),
    pid: fields.whole("pid", 1),
    ...present("start", fields.textIf("start")),
    ticks: fields.whole("ticks"),
    tickMs: fields.number("tickMs"),
    periodMs: fields.number("periodMs"),
    alive: fields.whole("alive"),
  });
  return read.ok ? read.value : null;
}

type Optional = "mono" | "jumpMono" | "start";

const present = (key: Optional, value: number | string | undefined): Partial<Heartbeat> =>
  value === undefined ? {} : { [key]: value };
