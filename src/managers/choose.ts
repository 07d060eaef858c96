// Which manager's files are looked at on this host. Pure.

import { createEmbedded } from "./embedded/manager.ts";
import { createLaunchd } from "./launchd/manager.ts";
import { createSystemd } from "./systemd/manager.ts";
import type { Files } from "../ports/files.ts";
import type { HostFacts } from "../ports/host.ts";
import type { ServiceManager } from "../ports/service-manager.ts";

export function createManager(files: Files, facts: HostFacts): ServiceManager {
  if (facts.platform === "darwin") return createLaunchd(files, facts.home);
  const configHome = facts.env["XDG_CONFIG_HOME"] ?? `${facts.home}/.config`;
  if (configHome.startsWith("/")) return createSystemd(files, configHome);
  return createEmbedded();
}
