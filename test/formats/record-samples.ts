// One of each record, with every field that it can have.

import { wallMs } from "../../src/core/brand.ts";
import type { EndRecord, StartRecord } from "../../src/core/generation.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { GenerationId, Identity, Personality, RuntimeName } from "../../src/core/names.ts";

export const IDENTITY = "claude-alpha" as Identity;
export const GENERATION = "20260101T000000007Z-ab12" as GenerationId;
export const WALL = wallMs(1_767_225_600_007);

export const DOC: IdentityDoc = {
  version: 1,
  identity: IDENTITY,
  stopped: true,
  parked: false,
  freshNext: true,
  newEager: false,
  ephemeralArmed: true,
  deaths: [WALL, wallMs(WALL + 5)],
  topics: ["a topic", 'say "x"\n'],
  generation: GENERATION,
  settled: null,
  restart: { attempts: 3, notBeforeWall: wallMs(WALL + 8000) },
  unlaunched: "launch.env: line 3 is no assignment\n",
};

export const START: StartRecord = {
  version: 1,
  identity: IDENTITY,
  generation: GENERATION,
  personality: "alpha" as Personality,
  runtime: "claude" as RuntimeName,
  cwd: "/home/x/a folder",
  argv: ["claude", "--name", "$(id)\n"],
  mode: "resume",
  cause: "parked-human",
  startedWall: WALL,
  bootId: "b0",
  socket: "/home/x/.iapeer/run/claude-alpha.sock",
  server: { pid: 12, start: "10" },
  pane: { pid: 13, start: "11" },
};

export const END: EndRecord = {
  version: 1,
  ev: "server-exit",
  identity: IDENTITY,
  generation: GENERATION,
  ts: "2026-01-01T00:00:09.001Z",
  by: "canary",
  cause: "server-vanished",
  serverPid: 12,
  waitRc: 1,
  since: "2026-01-01T00:00:08.000Z",
  forensics: "/home/x/a folder/f.txt",
  verdict: {
    signal: 9,
    oom: "seen",
    memoryPressurePercent: 12.5,
    rssPeakKb: 4096,
    ours: false,
    confidence: "likely",
  },
};

export const TEARDOWN: EndRecord = {
  version: 1,
  ev: "teardown",
  identity: IDENTITY,
  generation: GENERATION,
  ts: "2026-01-01T00:00:09.001Z",
  by: "daemon",
  reason: "stop",
  askedBy: "command-x y\n",
  serverPid: 12,
  verdict: { oom: "not-seen", ours: true, signalId: "k3j2", confidence: "certain" },
};

export const SESSION_EXIT: EndRecord = {
  version: 1,
  ev: "session-exit",
  identity: IDENTITY,
  generation: GENERATION,
  ts: "2026-01-01T00:00:09.001Z",
  by: "hook",
  serverPid: 12,
  deadStatus: 7,
  verdict: { exitCode: 7, oom: "unknown", ours: false, confidence: "certain" },
};

export const UNSTARTED: EndRecord = {
  version: 1,
  ev: "server-exit",
  identity: IDENTITY,
  generation: GENERATION,
  ts: "2026-01-01T00:00:09.001Z",
  by: "launcher",
  cause: "launch-failed",
  started: false,
  detail: "claude is not in the PATH of the session",
  verdict: { oom: "unknown", ours: false, confidence: "certain" },
};
