// All benchmarks, in the order in which they run.

import { canary } from "./canary.ts";
import { cli } from "./cli.ts";
import { cpu } from "./cpu.ts";
import { daemonRestart } from "./daemon-restart.ts";
import { death } from "./death.ts";
import type { Figure } from "./figure.ts";
import { memory } from "./memory.ts";
import { provider, provisionSweep } from "./provision.ts";
import { restart } from "./restart.ts";
import { start } from "./start.ts";
import { tick } from "./tick.ts";
import { wake } from "./wake.ts";

export const FIGURES: readonly Figure[] = [
  tick,
  cpu,
  death,
  restart,
  daemonRestart,
  wake,
  cli,
  memory,
  start,
  canary,
  provider,
  provisionSweep,
];
