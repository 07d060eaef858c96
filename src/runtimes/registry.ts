// Every runtime that there is. A new one is a folder, a line here and the conformance suite.

import type { RuntimeName } from "../core/names.ts";
import type { Runtime } from "../ports/runtime.ts";
import { createClaude } from "./claude/adapter.ts";
import { createCodex } from "./codex/adapter.ts";
import { createCommand } from "./command/adapter.ts";
import type { RuntimeDeps } from "./deps.ts";
import { createNotifier } from "./notifier/adapter.ts";
import { createTelegram } from "./telegram/adapter.ts";

export type { RuntimeDeps } from "./deps.ts";

export function createRuntimes(deps: RuntimeDeps): ReadonlyMap<RuntimeName, Runtime> {
  const all = [
    createClaude(deps),
    createCodex(deps),
    createTelegram(),
    createNotifier(),
    createCommand(),
  ];
  return new Map(all.map((runtime) => [runtime.name, runtime]));
}
