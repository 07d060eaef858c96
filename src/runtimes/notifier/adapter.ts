// The `notifier` runtime: a program that only tells, `notifier-runtime`.

import type { Runtime } from "../../ports/runtime.ts";
import { createInfrastructure } from "../infrastructure.ts";

export const createNotifier = (): Runtime => createInfrastructure("notifier", "absent");
