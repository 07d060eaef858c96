// What a peer's runtimes are told of its folder (trust), in settings that they share: written at
// a birth, taken back at a removal with the folder's own memory settings, and carried along when
// the folder moves. Each reads and writes somebody's file: they take turns in the registry's lock.

import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import type { Runtime } from "../../ports/runtime.ts";
import { launchEnvFor } from "../doctrine.ts";
import { giveBackNativeMemory } from "../provision/native-memory.ts";
import { isLivedIn } from "./find.ts";

/** Best effort, as the others: a sentence for whatever had to be left. */
export const makeFolderKnown = (host: Host, entry: RegistryEntry): Promise<readonly string[]> =>
  inTurn(host, entry, () => known(host, entry));

/** Left alone when a peer lives in the folder by now. */
export const forgetFolder = (host: Host, entry: RegistryEntry): Promise<readonly string[]> =>
  inTurn(host, entry, () => [
    ...forgotten(host, entry, entry.cwd),
    ...(isLivedIn(host, entry.cwd) ? [] : giveBackNativeMemory(host, entry)),
  ]);

/** Its registration goes with the root itself, whatever the registry says until then. */
export const leaveFolder = (host: Host, entry: RegistryEntry): Promise<readonly string[]> =>
  inTurn(host, entry, () => [
    ...eachRuntime(host, entry, (runtime, env) => runtime.forgetFolder?.(entry, env)),
    ...giveBackNativeMemory(host, entry),
  ]);

/** The peer has moved here from `cwd`. */
export const followFolder = (
  host: Host,
  entry: RegistryEntry,
  cwd: string,
): Promise<readonly string[]> =>
  inTurn(host, entry, () => [...forgotten(host, entry, cwd), ...known(host, entry)]);

async function inTurn(
  host: Host,
  { runtimes }: RegistryEntry,
  work: () => readonly string[],
): Promise<readonly string[]> {
  const isTold = (runtime: Runtime | undefined) =>
    runtime?.prepareFolder !== undefined || runtime?.nativeMemory !== undefined;
  if (!runtimes.some((name) => isTold(host.runtimes.get(name)))) return [];
  const done = await host.lock.withLock(host.layout.registry, async () => work());
  return done.ok ? done.value : [`the runtimes' own settings stay as they are: ${done.error}`];
}

const known = (host: Host, entry: RegistryEntry): readonly string[] =>
  eachRuntime(host, entry, (runtime, env) => runtime.prepareFolder?.(entry, env));

function forgotten(host: Host, entry: RegistryEntry, cwd: string): readonly string[] {
  if (isLivedIn(host, cwd)) return [];
  const there = { ...entry, cwd };
  return eachRuntime(host, entry, (runtime, env) => runtime.forgetFolder?.(there, env));
}

type Told = { readonly warnings: readonly string[] } | undefined;

function eachRuntime(
  host: Host,
  entry: RegistryEntry,
  tell: (runtime: Runtime, env: Readonly<Record<string, string>>) => Told,
): readonly string[] {
  return entry.runtimes.flatMap((name) => {
    const runtime = host.runtimes.get(name);
    if (runtime === undefined) return [];
    // Its settings may be under another home; a file that cannot be read is told at the launch.
    const environment = launchEnvFor(host, entry, name);
    return tell(runtime, environment.ok ? environment.value.env : {})?.warnings ?? [];
  });
}
