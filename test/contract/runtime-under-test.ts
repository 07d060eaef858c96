// What the conformance suite of runtimes needs of each: itself, a home of its own, and peers.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Identity, Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { LaunchFacts, LaunchPlan, Runtime } from "../../src/ports/runtime.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  readonly home: string;
  readonly remove: () => void;
}

export function openRuntime(name: string, env: Record<string, string> = {}): RuntimeUnderTest {
  const home = mkdtempSync(join(tmpdir(), "iapeer-runtime-"));
  const deps = { files: createFiles(), clock: createClock(), home, env };
  const runtime = createRuntimes(deps).get(name as RuntimeName);
  if (runtime === undefined) throw new Error(`no runtime ${name}`);
  return { runtime, home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

export function peerOf(runtime: Runtime, fields: Partial<RegistryEntry> = {}): RegistryEntry {
  const declares = !runtime.traits.agentic && !runtime.traits.infrastructure;
  return {
    personality: "ada" as Personality,
    runtimes: [runtime.name],
    default_runtime: runtime.name,
    description: "",
    intelligence: runtime.traits.defaultIntelligence,
    wake_policy: "warm",
    always_on: false,
    interfaces: {},
    cwd: "/peers/ada",
    ...(declares ? { command: { argv: ["/bin/cat", "a b", "$(id)"] } } : {}),
    ...fields,
  };
}

export const factsOf = (runtime: Runtime, fields: Partial<LaunchFacts> = {}): LaunchFacts => ({
  identity: `${runtime.name}-ada` as Identity,
  peer: peerOf(runtime),
  mode: "fresh",
  launchEnv: {},
  home: "/home/ada",
  ...fields,
});

export function launched(runtime: Runtime, fields: Partial<LaunchFacts> = {}): LaunchPlan {
  const plan = runtime.launch(factsOf(runtime, fields));
  if ("refused" in plan) throw new Error(plan.refused);
  return plan;
}
