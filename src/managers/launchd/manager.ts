// launchd's per-user agents. Only which peers they hold, for now.

import { createHeldBy } from "../held.ts";
import type { Files } from "../../ports/files.ts";
import type { ServiceManager } from "../../ports/service-manager.ts";

export const createLaunchd = (files: Files, home: string): ServiceManager =>
  createHeldBy(files, {
    name: "launchd",
    dir: `${home}/Library/LaunchAgents`,
    fileOf: (personality) => `com.iapeer.peer.${personality}.plist`,
  });
