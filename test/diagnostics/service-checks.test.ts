// Each check of the service manager finds what it is for, and nothing where all is well.

import { describe, expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import type { Personality } from "../../src/core/names.ts";
import { DAEMON_JOB, peerJobId, type JobSeen } from "../../src/core/service.ts";
import { diagnose } from "../../src/diagnostics/finding.ts";
import { SERVICE_CHECKS } from "../../src/diagnostics/service-checks.ts";
import type { JobSurvey, ServiceSurvey } from "../../src/flows/service/survey.ts";

const SEEN: JobSeen = {
  pid: 10,
  activity: "running",
  domain: "gui/501",
  alsoIn: [],
  path: "/a/com.iapeer.daemon.plist",
  runs: 1,
  lastExit: "(never exited)",
};

const DAEMON: JobSurvey = {
  id: DAEMON_JOB,
  file: "/a/com.iapeer.daemon.plist",
  owner: { owner: "ours" },
  wanted: true,
  down: null,
  answer: { state: "loaded", reason: "runs", job: SEEN },
  shown: {
    program: "/b/bun",
    script: "/b/main.js",
    env: { PATH: "/opt/homebrew/bin:/usr/bin", LANG: "en_US.UTF-8" },
    stdout: "/l/o.log",
    sessionType: null,
  },
  logTrouble: null,
  missing: [],
};

const PEER: JobSurvey = {
  ...DAEMON,
  id: peerJobId("bridge" as Personality),
  file: "/a/com.iapeer.peer.bridge.plist",
  answer: {
    state: "loaded",
    reason: "runs",
    job: { ...SEEN, pid: 11, path: "/a/com.iapeer.peer.bridge.plist" },
  },
};

const WELL: ServiceSurvey = {
  manager: "launchd",
  isThere: true,
  daemon: { schema: "iapeer.daemon.v1", state: "running", pid: 10 },
  heldBack: null,
  jobs: [DAEMON, PEER],
};

const codes = (survey: ServiceSurvey): readonly string[] =>
  diagnose(SERVICE_CHECKS, survey).map(({ code, subject }) => `${code} ${subject}`);

const withDaemon = (change: Partial<JobSurvey>, seen: Partial<JobSeen> = {}): ServiceSurvey => {
  const answer = change.answer ?? {
    state: "loaded" as const,
    reason: "r",
    job: { ...SEEN, ...seen },
  };
  return { ...WELL, jobs: [{ ...DAEMON, ...change, answer }, PEER] };
};
const withPeer = (change: Partial<JobSurvey>): ServiceSurvey => ({
  ...WELL,
  jobs: [DAEMON, { ...PEER, ...change }],
});

const shown = (change: object) => ({ shown: { ...DAEMON.shown, ...change } as never });

test("nothing where all is well", () => expect(codes(WELL)).toEqual([]));

const ROWS: readonly (readonly [string, ServiceSurvey])[] = [
  ["manager-absent service manager", { ...WELL, isThere: false }],
  ["two-daemons daemon", withDaemon({}, { alsoIn: ["user/501"] })],
  ["two-daemons daemon", { ...WELL, daemon: { ...WELL.daemon, pid: 99 } }],
  [
    "daemon-silent daemon",
    { ...WELL, daemon: { schema: "iapeer.daemon.v1", state: "not-running" } },
  ],
  ["job-without-record bridge", withPeer({ wanted: false })],
  [
    "record-without-job bridge",
    withPeer({
      owner: { owner: "absent" },
      shown: null,
      answer: { state: "not-loaded", reason: "r" },
    }),
  ],
  ["foreign-job bridge", withPeer({ owner: { owner: "foreign", detail: "d" } })],
  ["foreign-job bridge", withPeer({ owner: { owner: "another-root", root: "/r" } })],
  ["job-disabled daemon", withDaemon({ answer: { state: "disabled", reason: "r" } })],
  ["wrong-session daemon", withDaemon({}, { domain: "user/501" })],
  ["wrong-session daemon", withDaemon(shown({ sessionType: '"Background"' }))],
  [
    "minimal-path daemon",
    withDaemon(shown({ env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LANG: "C.UTF-8" } })),
  ],
  ["minimal-path daemon", withDaemon({ missing: ["tmux"] })],
  ["program-missing daemon", withDaemon({ missing: ["/b/bun"] })],
  ["missing-locale daemon", withDaemon(shown({ env: { PATH: "/opt/x" } }))],
  ["missing-locale daemon", withDaemon(shown({ env: { PATH: "/opt/x", LANG: "C" } }))],
  ["job-log-unwritable daemon", withDaemon({ logTrouble: "the folder is not there" })],
  ["loaded-elsewhere daemon", withDaemon({}, { path: "/elsewhere.plist" })],
  [
    "job-crash-loop bridge",
    withPeer({
      answer: {
        state: "loaded",
        reason: "r",
        job: {
          ...SEEN,
          path: PEER.file,
          pid: null,
          activity: "spawn scheduled",
          runs: 38_771,
          lastExit: "1",
        },
      },
    }),
  ],
  [
    "daemon-held-back daemon",
    {
      ...WELL,
      jobs: [],
      heldBack: { untilWall: wallMs(1), failures: 5, reason: "no tmux" },
    },
  ],
  ["peer-given-up bridge", withPeer({ down: "gave-up" })],
  ["job-not-loaded bridge", withPeer({ answer: { state: "not-loaded", reason: "r" } })],
  [
    "job-draining bridge",
    withPeer({ answer: { state: "draining", reason: "r", job: { ...SEEN, path: PEER.file } } }),
  ],
  ["job-unknown bridge", withPeer({ answer: { state: "unknown", reason: "r" } })],
];

describe("each finds what it is for", () => {
  test.each(ROWS)("%s", (code, survey) => expect(codes(survey)).toContain(code));

  test("every check is shown", () => {
    const found = new Set(ROWS.map(([code]) => code.split(" ")[0]));
    expect(SERVICE_CHECKS.map(({ code }) => code).filter((code) => !found.has(code))).toEqual([]);
  });
});

test("every finding says what to do, and errors come first", () => {
  for (const [, survey] of ROWS) {
    const found = diagnose(SERVICE_CHECKS, survey);
    for (const { summary, hint } of found) expect(summary !== "" && hint !== "").toBe(true);
    const ranks = found.map(({ severity }) => ["error", "warn", "unknown"].indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  }
});

test("a peer that is stopped is no trouble", () => {
  const answer = { state: "not-loaded", reason: "r" } as const;
  expect(codes(withPeer({ down: "stopped", answer }))).toEqual([]);
  const absent = { owner: { owner: "absent" }, shown: null } as const;
  expect(codes(withPeer({ down: "stopped", answer, ...absent }))).toEqual([]);
});
