// What the use cases about a root's service manager are handed.

import { readManagerRecord } from "./record.ts";
import { DAEMON_JOB, MANAGERS } from "../../core/service.ts";
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

/**
 * That one last, and before it any other that has a plist or unit of this root: a record that was
 * lost, or a manager that was named by hand, must not leave one behind.
 */
export function holders(context: ServiceContext): readonly ServiceManager[] {
  const own = holder(context);
  const others = MANAGERS.map((name) => context.services.named(name)).filter(
    (manager) => manager.name !== "embedded" && manager.name !== own.name && hasFiles(manager),
  );
  return [...others, own];
}

const hasFiles = (manager: ServiceManager): boolean =>
  [DAEMON_JOB, ...manager.held()].some((id) => manager.ownerOf(id).owner === "ours");

/** Whose files the host would have: the embedded manager keeps none of its own. */
export function keeperOfFiles(context: ServiceContext): ServiceManager {
  const own = holder(context);
  const platform = context.host.facts.platform === "darwin" ? "launchd" : "systemd";
  return own.name === "embedded" ? context.services.named(platform) : own;
}
