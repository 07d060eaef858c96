// The peers of a simulated host: plain, always-on, ephemeral, agentic, human-facing.

import { identityOf, type Identity, type Personality } from "../../src/core/names.ts";
import { peerLayout } from "../../src/core/layout.ts";
import type { Profile, RegistryEntry } from "../../src/core/profile.ts";
import { renderProfile } from "../../src/formats/profile.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import type { Random } from "../fakes/random.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import type { SimWorld } from "../fakes/sim-world.ts";

export type Role = "plain" | "always-on" | "ephemeral" | "agent" | "human-facing" | "managed";

export interface Actor {
  readonly role: Role;
  readonly peer: RegistryEntry;
  readonly identity: Identity;
}

const ROLES: readonly Role[] = ["plain", "always-on", "ephemeral", "agent", "human-facing"];

/** At least one always-on peer, since most can go wrong with those. */
export function cast(random: Random): readonly Actor[] {
  const roles: Role[] = ["always-on"];
  const extra = random.int(1, 3);
  for (let index = 0; index < extra; index += 1) roles.push(random.pick(ROLES));
  if (random.chance(0.1)) roles.push("managed");
  return roles.map((role, index) => actor(role, index));
}

function actor(role: Role, index: number): Actor {
  const personality = `p${index}-${role}` as Personality;
  const agentic = role === "agent" || role === "human-facing" || role === "ephemeral";
  const runtime = agentic ? AGENT : PLAIN;
  const profile: Profile = {
    personality,
    runtimes: [runtime],
    default_runtime: runtime,
    description: `the ${role} one`,
    intelligence: agentic ? "artificial" : "absent",
    wake_policy: role === "ephemeral" ? "ephemeral" : "warm",
    always_on: role === "always-on" || role === "managed",
    ...(agentic ? {} : { command: { argv: ["plain"] } }),
    interfaces: role === "human-facing" ? { telegram: {} } : {},
  };
  const peer = { ...profile, cwd: `/home/iapeer/peers/${personality}` };
  return { role, peer, identity: identityOf(runtime, personality) };
}

/** Puts the cast on the fake disk, as `iapeer create` would have. */
export function settleIn(world: SimWorld, actors: readonly Actor[]): void {
  const { files, layout } = world;
  const folders = [
    layout.peersDir,
    layout.runDir,
    layout.sessionsDir,
    layout.identityDocsDir,
    layout.panesDir,
    layout.serverDeathsDir,
  ];
  for (const folder of folders) files.makeFolder(folder);
  for (const { peer, role } of actors) {
    const { cwd, ...profile } = peer;
    files.makeFolder(peerLayout(cwd).dir);
    files.writeAtomic(peerLayout(cwd).profile, renderProfile(profile), { durable: true });
    if (role === "managed") world.manager.managed.add(peer.personality);
  }
  const registry = renderRegistry({ version: 1, peers: actors.map(({ peer }) => peer) });
  files.writeAtomic(layout.registry, registry, { durable: true });
}
