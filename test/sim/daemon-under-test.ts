// All that the simulation needs of the daemon.

import type { VerbAnswer, VerbCall } from "../../src/core/api.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import type { Host } from "../../src/ports/host.ts";

export interface SupervisorUnderTest {
  start(): Promise<void>;
  stop(): Promise<void>;
  verb(call: VerbCall): Promise<VerbAnswer>;
}

export type CreateSupervisor = (host: Host, watch: DeathWatch) => SupervisorUnderTest;
