// Everything a flow may touch, handed in by wire.ts or by a test.

import type { Config } from "../core/config.ts";
import type { Layout } from "../core/layout.ts";
import type { RuntimeName } from "../core/names.ts";
import type { Clock } from "./clock.ts";
import type { Exec } from "./exec.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import type { Lock } from "./lock.ts";
import type { LogBook } from "./log-book.ts";
import type { Processes } from "./processes.ts";
import type { Runtime } from "./runtime.ts";
import type { ServiceManager } from "./service-manager.ts";
import type { Tmux } from "./tmux.ts";

export interface Host {
  readonly config: Config;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly files: Files;
  readonly exec: Exec;
  readonly processes: Processes;
  readonly lock: Lock;
  readonly log: LogBook;
  readonly ids: Ids;
  readonly tmux: Tmux;
  readonly runtimes: ReadonlyMap<RuntimeName, Runtime>;
  readonly manager: ServiceManager;
  readonly facts: HostFacts;
  /** Of a verb that supervises by itself, while no daemon runs. */
  readonly by?: "cli";
}

/** Read once from the process that wire.ts runs in. */
export interface HostFacts {
  /** The environment that sessions inherit, less the core's own secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  readonly hostname: string;
  readonly uid: number;
  readonly platform: "linux" | "darwin";
  readonly version: string;
  /** The argv that runs this program again, links resolved. */
  readonly program: readonly string[];
}
