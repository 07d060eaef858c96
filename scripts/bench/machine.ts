// What the figures were measured on.

import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memory_gib: number;
  readonly kernel: string;
  readonly bun: string;
  readonly tmux: string;
  /** Of the last minute, before the figure: above zero, something else was running. */
  readonly load_1m: number;
}

export function machine(): Machine {
  const tmux = Bun.spawnSync(["tmux", "-V"], { stdout: "pipe" }).stdout.toString().trim();
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memory_gib: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    bun: Bun.version,
    tmux: tmux.replace(/^tmux /, ""),
    load_1m: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
