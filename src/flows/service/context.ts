// What the use cases about a root's service manager are handed.

import { readManagerRecord } from "./record.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import type { Host } from "../../ports/host.ts";
import type { ServiceManager } from "../../ports/service-manager.ts";
import type { Services } from "../../ports/services.ts";

export interface ServiceContext {
  readonly host: Host;
  readonly services: Services;
  readonly daemon: {
    status(): Promise<DaemonStatus>;
    stop(): Promise<{ readonly state: string }>;
  };
}

/** The manager that holds this root now. */
export const holder = ({ host, services }: ServiceContext): ServiceManager =>
  services.named(readManagerRecord(host)?.manager ?? "embedded");
