// claude's own plugin commands, for providers that declare a plugin (memory-provider contract
// v1.1, deprecated). A plugin is installed for one folder; the marketplace is the host's.

import type { PluginCall, PluginSteps } from "../../ports/runtime.ts";
import { program } from "../program.ts";

export function pluginSteps({ plugin, direction, launchEnv }: PluginCall): PluginSteps {
  const own = program("claude", launchEnv);
  if ("refused" in own) return { skip: own.refused };
  const { path, env } = own;
  const name = `${plugin.name}@${plugin.marketplace}`;
  const inFolder = ["--scope", "local", "--", name];
  if (direction === "unprovision") {
    const steps = [[path, "plugin", "uninstall", ...inFolder]];
    return { steps, env, alreadyDone: /not found in installed plugins|is not installed/i };
  }
  const steps = [
    [path, "plugin", "marketplace", "add", "--", plugin.marketplaceRef],
    [path, "plugin", "install", ...inFolder],
  ];
  return { steps, env };
}
