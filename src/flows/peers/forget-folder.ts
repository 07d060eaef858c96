// What prepareFolder made known to a peer's runtimes, taken back when the peer is removed.

import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { launchEnvFor } from "../doctrine.ts";

/** Best effort: a sentence for whatever had to be left. */
export const forgetFolder = (host: Host, entry: RegistryEntry): readonly string[] =>
  entry.runtimes.flatMap((name) => {
    const runtime = host.runtimes.get(name);
    if (runtime?.forgetFolder === undefined) return [];
    const environment = launchEnvFor(host, entry, name);
    return runtime.forgetFolder(entry, environment.ok ? environment.value.env : {}).warnings;
  });
