// No service manager: the daemon runs in the foreground, and always-on peers are its own to
// restart. Nothing is ever held by anybody else.

import type { ServiceManager } from "../../ports/service-manager.ts";

export const createEmbedded = (): ServiceManager => ({
  name: "embedded",
  manages: () => false,
});
