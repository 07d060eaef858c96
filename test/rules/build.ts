// Views, documents and records for the tests of the rules, with one default for every field.

import { wallMs } from "../../src/core/brand.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import { emptyIdentityDoc, type IdentityDoc } from "../../src/core/identity-doc.ts";
import type {
  GenerationId,
  Identity,
  Personality,
  RuntimeName,
} from "../../src/core/names.ts";
import type { GenerationView, IdentityView, Now } from "../../src/core/world.ts";

export const CONFIG = Object.freeze(defaultConfig("/r"));
export const NOW: Now = { wall: wallMs(1_700_000_000_000) };

export const PEER = "ann" as Personality;
export const CLAUDE = "claude" as RuntimeName;
export const CODEX = "codex" as RuntimeName;
export const IDENTITY = "claude-ann" as Identity;
export const GENERATION = "20231114T221320000Z-aaaa" as GenerationId;
export const EARLIER = "20231113T000000000Z-bbbb" as GenerationId;

export const ago = (ms: number) => wallMs(NOW.wall - ms);
export const ahead = (ms: number) => wallMs(NOW.wall + ms);

/** A document whose present generation has not been settled. */
export const doc = (parts: Partial<IdentityDoc> = {}): IdentityDoc => ({
  ...emptyIdentityDoc(IDENTITY),
  generation: GENERATION,
  ...parts,
});

/** A living, working session with nothing to do about it. */
export const life = (parts: Partial<GenerationView> = {}): GenerationView => ({
  id: GENERATION,
  server: "alive",
  pane: "alive",
  end: null,
  healthMs: 60_000,
  unwitnessedMs: 0,
  idleMs: 0,
  attached: "unasked",
  canary: "alive",
  paneLogBytes: 0,
  paneLogLost: false,
  ...parts,
});

export const view = (parts: Partial<IdentityView> = {}): IdentityView => ({
  identity: IDENTITY,
  personality: PEER,
  runtime: CLAUDE,
  registered: true,
  managed: false,
  alwaysOn: false,
  wakePolicy: "warm",
  defaultRuntime: CLAUDE,
  launching: false,
  doc: doc(),
  generation: life(),
  ...parts,
});

export const end = (parts: Partial<EndRecord> & Pick<EndRecord, "ev">): EndRecord => ({
  version: 1,
  identity: IDENTITY,
  generation: GENERATION,
  ts: "2023-11-14T22:13:20.000Z",
  by: "daemon",
  verdict: { oom: "unknown", ours: false, confidence: "unknown" },
  ...parts,
});

export const parkedIdle = end({ ev: "teardown", reason: "idle" });
export const endedForNew = end({ ev: "teardown", reason: "new" });
export const askedFor = end({ ev: "teardown", reason: "new", askedBy: "command-x" });
export const launchFailed = end({ ev: "teardown", reason: "launch-failed" });
export const unstarted = end({
  ev: "server-exit",
  by: "launcher",
  cause: "launch-failed",
  started: false,
  detail: "claude is not in the PATH of the session",
});
export const exited = end({ ev: "session-exit", by: "hook", deadStatus: 7 });
export const vanished = end({ ev: "server-exit", by: "canary", cause: "server-vanished" });
