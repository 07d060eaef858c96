// A registered peer with nothing but a name, a runtime and a folder.

import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";

export function peerIn(cwd: string, runtime: string): RegistryEntry {
  return {
    personality: "ada" as Personality,
    runtimes: [runtime as RuntimeName],
    default_runtime: runtime as RuntimeName,
    description: "",
    intelligence: "artificial",
    wake_policy: "warm",
    always_on: false,
    interfaces: {},
    cwd,
  };
}
