// A job's file in a folder that is the user's: put there whole and readable by its manager, and of
// everything else in it only what killed processes of ours have left is taken away.

import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createLoadedText } from "../../src/managers/loaded-text.ts";
import { dropHalfWritten, writeJob } from "../../src/managers/write-job.ts";
import { DAEMON_JOB, type ServiceJob } from "../../src/core/service.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { DAEMON } from "../formats/job-samples.ts";

const NO_PID = 2 ** 22 + 1;

let dir: string;
let job: ServiceJob;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "iap-write-"));
  job = { ...DAEMON, stdout: join(dir, "logs/out.log") };
});
afterEach(() => rmSync(dir, { recursive: true }));

const deps = managerDeps({ home: "/nowhere", root: "/nowhere" });
const modeOf = (path: string) => statSync(path).mode & 0o777;
const write = (path: string) => writeJob(deps, { path, text: "text\n", job });

test("whole, with the folders that it needs", () => {
  const path = join(dir, "agents/own.plist");
  expect(write(path)).toBeNull();
  expect(readFileSync(path, "utf8")).toBe("text\n");
  expect([path, dirname(path), dirname(job.stdout)].map(modeOf)).toEqual([0o644, 0o755, 0o700]);
  chmodSync(dirname(path), 0o711);
  expect(write(path)).toBeNull();
  expect(modeOf(dirname(path))).toBe(0o711);
});

test.each(["logs", "agents"])("what is in the way of %s is named", (name) => {
  writeFileSync(join(dir, name), "");
  const reason = expect.stringContaining(`cannot write ${join(dir, name)}`);
  expect(write(join(dir, "agents/own.plist"))).toMatchObject({ state: "failed", reason });
});

test("of what is in the folder only what a killed process of ours has left goes", () => {
  const agents = join(dir, "agents");
  mkdirSync(agents);
  const left = [`.iapeer-${NO_PID}-1.tmp`];
  const theirs = [`.iapeer-${process.pid}-1.tmp`, ".iapeer-x-1.tmp", "com.other.agent.plist"];
  for (const name of [...left, ...theirs]) writeFileSync(join(agents, name), "");
  expect(write(join(agents, "own.plist"))).toBeNull();
  const stay = [...theirs, "own.plist"].toSorted();
  expect(readdirSync(agents).toSorted()).toEqual(stay);
  dropHalfWritten(deps, join(dir, "nowhere"));
});

test("what was handed over is that text, until it is forgotten", () => {
  const loaded = createLoadedText(deps.files, join(dir, "jobs"));
  expect([loaded.is(DAEMON_JOB, ""), loaded.isNoted(DAEMON_JOB)]).toEqual([false, false]);
  expect(loaded.note(DAEMON_JOB, "one")).toEqual({ state: "ok" });
  expect([loaded.is(DAEMON_JOB, "one"), loaded.is(DAEMON_JOB, "two")]).toEqual([true, false]);
  expect(loaded.isNoted(DAEMON_JOB)).toBe(true);
  loaded.forget(DAEMON_JOB);
  expect([loaded.is(DAEMON_JOB, "one"), loaded.isNoted(DAEMON_JOB)]).toEqual([false, false]);
});
