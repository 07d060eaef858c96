// codex's own plugin commands, for providers that declare a plugin (memory-provider contract
// v1.1, deprecated). codex knows plugins of the host only, so that one peer cannot leave alone.

import type { PluginCall, PluginSteps } from "../../ports/runtime.ts";
import { program } from "../program.ts";

export function pluginSteps({ plugin, direction, occasion, launchEnv }: PluginCall): PluginSteps {
  const own = program("codex", launchEnv);
  if ("refused" in own) return { skip: own.refused };
  const { path, env } = own;
  const name = `${plugin.name}@${plugin.marketplace}`;
  if (direction === "provision") {
    const steps = [
      [path, "plugin", "marketplace", "add", "--", plugin.marketplaceRef],
      [path, "plugin", "add", "--", name],
    ];
    return { steps, env };
  }
  if (occasion === "off-all") return { steps: [[path, "plugin", "remove", "--", name]], env };
  return { skip: `codex has ${name} for the whole host: iapeer memory-plugin off --all` };
}
