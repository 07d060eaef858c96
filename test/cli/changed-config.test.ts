// A daemon reads config.json when it starts. What is changed after that has to be taken in by a
// restart, and `status` and `doctor` say so.

import { afterAll, beforeEach, expect, test } from "bun:test";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { renderInstant } from "../../src/formats/instant.ts";
import { IapeerError } from "../../src/core/error.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const CHANGED = {
  severity: "warn",
  code: "config-changed",
  subject: "configuration",
  summary: "config.json was changed after the daemon started, which goes on without the change",
  hint: "iapeer daemon restart takes it in",
};

const path = scratch.host.layout.configFile;
const startedMs = 1_780_000_000_000;
const started = renderInstant(startedMs as never);

beforeEach(async () => {
  await scratch.type(["create", "bell", "--runtime", "command", "-q", "--", "/bin/cat"]);
  writeFileSync(path, "{}");
  scratch.answer = () => ({}) as never;
  scratch.daemon = { state: "running", pid: 4242, started };
  scratch.configTrouble = null;
});

const changedAt = (ms: number) => utimesSync(path, ms / 1000, ms / 1000);

const told = async () => {
  const status = await scratch.type(["status", "--json"]);
  const doctor = await scratch.type(["doctor", "--json"]);
  const isIt = ({ subject }: { subject: string }) => subject === "configuration";
  const found = [JSON.parse(status.out).troubles, JSON.parse(doctor.out).findings].map((all) =>
    all.filter(isIt),
  );
  return { codes: [status.code, doctor.code], found };
};

const NOTHING = { codes: [0, 0], found: [[], []] };

test("changed after the start: a warning of both, and no failure", async () => {
  changedAt(startedMs + 2000);
  expect(await told()).toEqual({ codes: [0, 0], found: [[CHANGED], [CHANGED]] });
  const { out } = await scratch.type(["--root", "/some/root", "status"]);
  expect(out).toContain("next: iapeer --root /some/root daemon restart takes it in");
});

test("changed before, or at the very start: nothing", async () => {
  changedAt(startedMs - 2000);
  expect(await told()).toEqual(NOTHING);
  changedAt(startedMs);
  expect(await told()).toEqual(NOTHING);
});

test("not there, or a daemon that does not say since when: nothing", async () => {
  changedAt(startedMs + 2000);
  scratch.daemon = { state: "running", pid: 4242 };
  expect(await told()).toEqual(NOTHING);
  scratch.daemon = { state: "running", pid: 4242, started };
  rmSync(path);
  expect(await told()).toEqual(NOTHING);
});

test("taken away after a start with it: a warning", async () => {
  rmSync(path);
  scratch.daemon = { state: "running", pid: 4242, started, config: "file" };
  const summary =
    "config.json was taken away after the daemon started, which goes on with what it said";
  const gone = { ...CHANGED, summary };
  expect(await told()).toEqual({ codes: [0, 0], found: [[gone], [gone]] });
  scratch.daemon = { state: "running", pid: 4242, started, config: "none" };
  expect(await told()).toEqual(NOTHING);
});

test("put there after a start without one, by whatever date: a warning", async () => {
  changedAt(startedMs - 2000);
  scratch.daemon = { state: "running", pid: 4242, started, config: "none" };
  expect(await told()).toEqual({ codes: [0, 0], found: [[CHANGED], [CHANGED]] });
  scratch.daemon = { state: "running", pid: 4242, started, config: "file" };
  expect(await told()).toEqual(NOTHING);
});

test("no daemon that runs: it reads the file when it starts", async () => {
  changedAt(startedMs + 2000);
  scratch.daemon = { state: "not-running" };
  expect((await told()).found).toEqual([[], []]);
});

test("what cannot be used is no change to take in", async () => {
  changedAt(startedMs + 2000);
  const next = "correct it";
  scratch.configTrouble = new IapeerError({ code: "bad-config", what: "no", why: "so", next });
  const codes = (await told()).found.map((all) => all.map(({ code }: { code: string }) => code));
  expect(codes).toEqual([["bad-config"], ["bad-config"]]);
});
