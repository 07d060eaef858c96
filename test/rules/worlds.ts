// Every small world: all combinations of the values that the plan tells apart. What concerns
// only a living session is varied fully there, and by its two extremes elsewhere.

import type { EndRecord } from "../../src/core/generation.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { Liveness } from "../../src/core/states.ts";
import type { GenerationView, IdentityView } from "../../src/core/world.ts";
import {
  CODEX,
  CONFIG,
  EARLIER,
  GENERATION,
  ago,
  ahead,
  doc,
  endedForNew,
  exited,
  launchFailed,
  life,
  parkedIdle,
  unstarted,
  vanished,
  view,
} from "./build.ts";

const BOTH = [false, true] as const;
const LIVENESS: readonly Liveness[] = ["alive", "dead", "unknown"];
const ENDS: readonly (EndRecord | null)[] = [
  null,
  parkedIdle,
  endedForNew,
  launchFailed,
  unstarted,
  exited,
  vanished,
];
const LOGS = [
  { paneLogBytes: 0, paneLogLost: false },
  { paneLogBytes: CONFIG.paneLogMaxBytes + 1, paneLogLost: false },
  { paneLogBytes: 0, paneLogLost: true },
] as const;
const IDLE = [
  "unknown",
  0,
  CONFIG.ephemeralQuietMs,
  CONFIG.ephemeralUnarmedIdleMs,
  CONFIG.idleMs,
] as const;
const ATTACHED = [0, 1, "unasked", "unknown"] as const;

type Log = Pick<GenerationView, "paneLogBytes" | "paneLogLost">;
type Living = Pick<GenerationView, "idleMs" | "attached" | "canary"> & Log;

const EXTREMES: readonly Living[] = [
  { idleMs: 0, attached: 1, canary: "alive", ...LOGS[0] },
  { idleMs: CONFIG.idleMs, attached: 0, canary: "dead", ...LOGS[1] },
  { idleMs: CONFIG.idleMs, attached: 0, canary: "alive", ...LOGS[2] },
];

function everyLiving(): Living[] {
  const all: Living[] = [];
  for (const idleMs of IDLE)
    for (const attached of ATTACHED)
      for (const canary of LIVENESS)
        for (const log of LOGS) all.push({ idleMs, attached, canary, ...log });
  return all;
}

/** Every generation, and none. */
export function everyGeneration(): (GenerationView | null)[] {
  const all: (GenerationView | null)[] = [null];
  const living = everyLiving();
  for (const server of LIVENESS)
    for (const pane of LIVENESS)
      for (const end of ENDS) {
        const isAlive = server === "alive" && pane === "alive" && end === null;
        const waits = isAlive || end !== null ? [0] : [0, CONFIG.witnessGraceMs];
        for (const unwitnessedMs of waits)
          for (const rest of isAlive ? living : EXTREMES)
            all.push(life({ server, pane, end, unwitnessedMs, ...rest }));
      }
  return all;
}

const RESTARTS = [null, ago(1000), ahead(1000)] as const;
const DEATHS = [[], [ago(3000), ago(2000), ago(1000)]] as const;

/** Every memory: six flags of two, and three back-offs. */
export function everyDoc(): IdentityDoc[] {
  const all: IdentityDoc[] = [];
  for (const stopped of BOTH)
    for (const newEager of BOTH)
      for (const ephemeralArmed of BOTH)
        for (const deaths of DEATHS)
          for (const settled of [EARLIER, GENERATION])
            for (const notBeforeWall of RESTARTS) {
              const restart = { attempts: notBeforeWall === null ? 0 : 2, notBeforeWall };
              all.push(doc({ stopped, newEager, ephemeralArmed, deaths, settled, restart }));
            }
  return all;
}

type Declared = Pick<
  IdentityView,
  "registered" | "alwaysOn" | "wakePolicy" | "defaultRuntime" | "managed" | "launching"
>;

function everyDeclaration(): Declared[] {
  const all: Declared[] = [];
  for (const registered of BOTH)
    for (const alwaysOn of BOTH)
      for (const wakePolicy of ["warm", "ephemeral"] as const)
        for (const defaultRuntime of [view().runtime, CODEX])
          for (const managed of BOTH)
            for (const launching of BOTH)
              all.push({ registered, alwaysOn, wakePolicy, defaultRuntime, managed, launching });
  return all;
}

/** Half a million views; the managed and the launching with every eighth memory only. */
export function* everyWorld(): Generator<IdentityView> {
  const generations = everyGeneration();
  const docs = everyDoc();
  const fewDocs = docs.filter((_, index) => index % 8 === 0);
  for (const declared of everyDeclaration()) {
    const simple = declared.managed || declared.launching;
    for (const memory of simple ? fewDocs : docs)
      for (const generation of generations)
        yield view({
          ...declared,
          generation,
          doc: generation === null ? { ...memory, generation: null } : memory,
        });
  }
}
