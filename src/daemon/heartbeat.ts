// The supervisor is watched too (lifecycle §4): each tick writes its progress, and a status that
// finds it older than two periods fails, whatever the daemon's socket says.

import type { Context } from "./context.ts";
import { countAlive } from "./live.ts";
import { renderHeartbeat } from "../formats/heartbeat.ts";
import { renderInstant } from "../formats/instant.ts";

export function writeHeartbeat(context: Context): void {
  const { host, state, clocks } = context;
  if (!context.keepsHeartbeat) return;
  const reading = clocks.read();
  host.files.writeAtomic(
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
      alive: countAlive(context.lives.values()),
    }),
  );
}
