// Wall-clock jumps and suspends (lifecycle §4): noticed before anything is planned, logged once,
// and answered by restarting idle ages and by moving persisted deadlines with a clock that was
// set. The last reading is kept in the heartbeat, so that a jump between two daemons counts too.

import { monoMs, type MonoMs } from "../core/brand.ts";
import type { Heartbeat } from "../formats/heartbeat.ts";
import type { Host } from "../ports/host.ts";
import { detectJump, type ClockReading } from "../rules/clock-jump.ts";

export type Jump = NonNullable<ReturnType<typeof detectJump>>;

type Earlier = Pick<Heartbeat, "wall" | "boot" | "mono" | "jumpMono">;

export class ClockWatch {
  readonly #host: Host;
  #last: ClockReading;
  /** Idle ages never reach back beyond the latest jump. */
  floorMono: MonoMs | null = null;

  constructor(host: Host) {
    this.#host = host;
    this.#last = this.read();
  }

  read(): ClockReading {
    const { clock } = this.#host;
    return { wall: clock.wall(), mono: clock.mono(), boot: clock.bootMs() };
  }

  /** Null: no jump since the last look. */
  look(): Jump | null {
    const now = this.read();
    const jump = detectJump(this.#last, now, this.#host.config.clockJumpMs);
    this.#last = now;
    if (jump === null) return null;
    this.#report(jump);
    return jump;
  }

  /**
   * A reading of an earlier daemon on the same boot, and the latest jump that it knew of. Where
   * it left no monotonic reading, only a set clock can be told.
   */
  lookBack(earlier: Earlier): Jump | null {
    const now = this.#last;
    if (earlier.jumpMono !== undefined) this.floorMono = monoMs(earlier.jumpMono);
    const mono = monoMs(earlier.mono ?? now.mono - (now.boot - earlier.boot));
    const before: ClockReading = { wall: earlier.wall, boot: earlier.boot, mono };
    const jump = detectJump(before, now, this.#host.config.clockJumpMs);
    if (jump !== null) this.#report(jump);
    return jump;
  }

  #report(jump: Jump): void {
    this.floorMono = this.#host.clock.mono();
    this.#host.log.write("lifecycle", {
      ev: "clock-jump",
      fields: { kind: jump.kind, delta_ms: Math.round(jump.deltaMs) },
    });
  }
}
