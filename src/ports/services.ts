// Port: every service manager that this build knows, for what decides which one holds a root.

import type { ManagerName, ManagerProbes } from "../core/service.ts";
import type { ServiceManager } from "./service-manager.ts";

export interface Services {
  /** What this root's install has recorded; null: nothing, or nothing readable. */
  readonly recorded: ManagerName | null;
  named(name: ManagerName): ServiceManager;
  /** Asks the managers' own programs, each bounded in time. */
  probe(asked: ManagerName | null): Promise<ManagerProbes>;
}
