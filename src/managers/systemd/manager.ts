// systemd's user units. Only which peers they hold, for now.

import { createHeldBy } from "../held.ts";
import type { Files } from "../../ports/files.ts";
import type { ServiceManager } from "../../ports/service-manager.ts";

export const createSystemd = (files: Files, configHome: string): ServiceManager =>
  createHeldBy(files, {
    name: "systemd",
    dir: `${configHome}/systemd/user`,
    fileOf: (personality) => `iapeer-peer-${personality}.service`,
  });
