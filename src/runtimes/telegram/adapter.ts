// The `telegram` runtime: a person, present through the program `telegram-runtime`.

import type { Runtime } from "../../ports/runtime.ts";
import { createInfrastructure } from "../infrastructure.ts";

export const createTelegram = (): Runtime => createInfrastructure("telegram", "natural");
