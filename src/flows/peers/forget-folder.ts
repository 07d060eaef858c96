// A peer's folder made known to its runtimes, and that taken back when the peer leaves it.

import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { launchEnvFor } from "../doctrine.ts";

/** Idempotent; a sentence for whatever could not be done. */
export const prepareFolder = (host: Host, entry: RegistryEntry): readonly string[] =>
  entry.runtimes.flatMap((name) => {
    const runtime = host.runtimes.get(name);
    if (runtime?.prepareFolder === undefined) return [];
    // Its settings may be under another home; a file that cannot be read is told at the launch.
    const environment = launchEnvFor(host, entry, name);
    return runtime.prepareFolder(entry, environment.ok ? environment.value.env : {}).warnings;
  });

/** Best effort: a sentence for whatever had to be left. */
export const forgetFolder = (host: Host, entry: RegistryEntry): readonly string[] =>
  entry.runtimes.flatMap((name) => {
    const runtime = host.runtimes.get(name);
    if (runtime?.forgetFolder === undefined) return [];
    const environment = launchEnvFor(host, entry, name);
    return runtime.forgetFolder(entry, environment.ok ? environment.value.env : {}).warnings;
  });
