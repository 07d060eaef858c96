// All benchmarks, in the order in which they run.

import { cli } from "./cli.ts";
import { death } from "./death.ts";
import type { Figure } from "./figure.ts";
import { start } from "./start.ts";
import { tick } from "./tick.ts";
import { wake } from "./wake.ts";

export const FIGURES: readonly Figure[] = [tick, death, wake, cli, start];
