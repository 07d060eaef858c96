// The supervisor is watched too (lifecycle §4): each tick writes its progress, and a status that
// finds it older than two periods fails, whatever the daemon's socket says.

import type { Jump } from "./clock-watch.ts";
import type { Context } from "./context.ts";
import { countAlive } from "./live.ts";
import { doubtLogs } from "./pane-log.ts";
import { wallMs } from "../core/brand.ts";
import { lastBeat } from "../flows/service/last-daemon.ts";
import { renderHeartbeat } from "../formats/heartbeat.ts";
import { renderInstant } from "../formats/instant.ts";

export function writeHeartbeat(
  context: Context,
  alive = countAlive(context.lives.values()),
): void {
  const { host, state, clocks } = context;
  if (!context.keepsHeartbeat) return;
  const reading = clocks.read();
  const written = host.files.writeAtomic(
    host.layout.heartbeat,
    renderHeartbeat({
      ts: renderInstant(reading.wall),
      wall: reading.wall,
      boot: reading.boot,
      mono: reading.mono,
      ...(clocks.floorMono === null ? {} : { jumpMono: clocks.floorMono }),
      bootId: host.processes.bootId(),
      ...host.processes.self(),
      ticks: state.ticks,
      tickMs: Math.round(state.lastTickMs * 100) / 100,
      periodMs: host.config.tickMs,
      alive,
    }),
  );
  const wasInTrouble = state.stateTrouble !== undefined;
  delete state.stateTrouble;
  if (written.state === "failed") state.stateTrouble = written.detail;
  else if (wasInTrouble) doubtLogs(context);
}

/**
 * The jump is taken account of, so that nobody does it again. Who is there for one verb has not
 * looked at everybody since: the last daemon's own beat then stands, by the clock as it is now.
 */
export function noteJump(context: Context, { kind, deltaMs }: Jump): void {
  if (context.concerned === null) return writeHeartbeat(context);
  const { host, clocks } = context;
  const beat = lastBeat(host);
  if (beat === null || beat.bootId !== host.processes.bootId()) return;
  const wall = wallMs(kind === "set" ? beat.wall + deltaMs : beat.wall);
  const { mono, ...rest } = { ...beat, wall, ts: renderInstant(wall) };
  // Without a monotonic reading the same suspend is not told again.
  const text = renderHeartbeat({
    ...rest,
    ...(kind === "set" && mono !== undefined ? { mono } : {}),
    ...(clocks.floorMono === null ? {} : { jumpMono: clocks.floorMono }),
  });
  host.files.writeAtomic(host.layout.heartbeat, text);
}
