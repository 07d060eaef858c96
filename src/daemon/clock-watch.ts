// Wall-clock jumps and suspends (lifecycle §4): noticed before anything is planned, logged once,
// and answered by restarting idle ages and by moving persisted deadlines with a clock that was
// set. The last reading is kept in the heartbeat, so that a jump between two daemons counts too.

import type { MonoMs } from "../core/brand.ts";
import type { Host } from "../ports/host.ts";
import { detectJump, type ClockReading } from "../rules/clock-jump.ts";

export type Jump = NonNullable<ReturnType<typeof detectJump>>;

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

  /** A reading of an earlier daemon on the same boot; its mono origin may be another. */
  lookBack(earlier: { wall: number; boot: number }): Jump | null {
    const now = this.#last;
    const before = { ...now, wall: earlier.wall, boot: earlier.boot } as ClockReading;
    const mono = now.mono - (now.boot - earlier.boot);
    const jump = detectJump(
      { ...before, mono: mono as MonoMs },
      now,
      this.#host.config.clockJumpMs,
    );
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
