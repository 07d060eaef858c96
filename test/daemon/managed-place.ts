// A peer that a service manager holds, and one that is the daemon's own, on a fake host.

import { wallMs } from "../../src/core/brand.ts";
import { emptyIdentityDoc, type IdentityDoc } from "../../src/core/identity-doc.ts";
import { identityOf, type GenerationId, type Personality } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { PLAIN } from "../fakes/runtime.ts";
import type { SimWorld } from "../fakes/sim-world.ts";
import type { Actor } from "../sim/cast.ts";

export const GENERATION = "20250106T090000000Z-abcd" as GenerationId;

export function actor(name: string, role: Actor["role"]): Actor {
  const peer: RegistryEntry = {
    personality: name as Personality,
    runtimes: [PLAIN],
    default_runtime: PLAIN,
    description: "a peer of a test",
    intelligence: "absent",
    wake_policy: "warm",
    always_on: false,
    command: { argv: ["plain"] },
    interfaces: {},
    cwd: `/home/iapeer/peers/${name}`,
  };
  return { role, peer, identity: identityOf(PLAIN, peer.personality) };
}

export const HELD = actor("held", "managed");
export const OWN = actor("own", "plain");

export function writeDoc(world: SimWorld, { identity }: Actor, doc: Partial<IdentityDoc>): void {
  const whole = { ...emptyIdentityDoc(identity), ...doc };
  world.files.writeAtomic(world.layout.identityDoc(identity), renderIdentityDoc(whole));
}

/** A launch that is under way: its record is there, its server not yet. */
export function launching(world: SimWorld, { identity, peer }: Actor): void {
  const paths = world.layout.generation(identity, GENERATION);
  world.files.makeFolder(paths.dir);
  const start = {
    version: 1 as const,
    identity,
    generation: GENERATION,
    personality: peer.personality,
    runtime: PLAIN,
    cwd: peer.cwd,
    argv: ["plain"],
    mode: "fresh" as const,
    cause: "always-on",
    startedWall: wallMs(world.time.wall()),
    bootId: world.table.bootId(),
    socket: `${world.layout.runDir}/${identity}.sock`,
  };
  world.files.writeAtomic(paths.start, renderStartRecord(start));
  writeDoc(world, { identity } as Actor, { generation: GENERATION });
}
