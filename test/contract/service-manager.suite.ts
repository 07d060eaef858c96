// What every service manager must do (ports/service-manager.ts, service-manager contract), shown
// on real processes. Each manager supplies its place, and a list of what it cannot have.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { DAEMON_JOB, peerJobId, type ServiceJob } from "../../src/core/service.ts";
import type { Proof } from "../../src/ports/service-manager.ts";
import {
  answers,
  DUMP,
  HOSTILE,
  jobOf,
  pidOf,
  runs,
  upFile,
  type Here,
  type ManagerPlace,
  type Show,
} from "./manager-jobs.ts";
import { ownership } from "./manager-ownership.ts";

export interface SuiteSpec {
  readonly name: string;
  open(): Promise<ManagerPlace>;
  /** Why there are no files whose owner could be asked for. */
  readonly withoutFiles?: string;
}

const SLOW_MS = 30_000;
export function serviceManagerSuite(spec: SuiteSpec): void {
  describe(`service manager: ${spec.name}`, () => {
    let place: ManagerPlace;
    beforeAll(async () => {
      place = await spec.open();
      mkdirSync(join(place.dir, "root"), { recursive: true });
    }, SLOW_MS);
    afterAll(() => place.close(), SLOW_MS);

    const show = (name: string, work: () => Promise<void>) => test(name, work, SLOW_MS);
    lifeOfAJob(show, () => place);
    badJobs(show, () => place);
    if (spec.withoutFiles === undefined) ownership(show, () => place);
    else console.warn(`skipped ${spec.name}, ownership of files: ${spec.withoutFiles}`);
  });
}

function lifeOfAJob(show: Show, here: Here): void {
  const id = DAEMON_JOB;
  let job: ServiceJob;

  show("what was never installed is not loaded, and can be stopped and removed", async () => {
    const { manager } = here();
    for (const asked of [manager.query(id), manager.stop(id), manager.remove(id)]) {
      expect(await asked).toMatchObject({ state: "not-loaded" });
    }
  });

  show("install: loaded with a pid that answers; again: already-loaded, the same", async () => {
    const place = here();
    job = jobOf(place, id, DUMP);
    const installed = await place.manager.install(job, answers(place, id));
    expect(installed).toMatchObject({ state: "loaded" });
    expect(runs(pidOf(installed))).toBe(true);
    const again = await place.manager.install(job, answers(place, id));
    expect(again).toMatchObject({ state: "already-loaded" });
    expect(pidOf(again)).toBe(pidOf(installed));
    expect(await place.manager.query(id)).toMatchObject({ state: "loaded" });
  });

  show("argv, environment and folder arrive as they are", async () => {
    const { dir } = here();
    expect(readFileSync(join(dir, "argv"), "utf8")).toBe(HOSTILE);
    expect(readFileSync(join(dir, "env"), "utf8")).toBe(HOSTILE);
    expect(readFileSync(join(dir, "cwd"), "utf8")).toBe(`${dir}\n`);
  });

  show("restart: another pid, and the old one is gone", async () => {
    const place = here();
    const before = pidOf(await place.manager.query(id));
    rmSync(upFile(place.dir, id));
    const restarted = await place.manager.restart(job, answers(place, id));
    expect(restarted).toMatchObject({ state: "loaded" });
    expect(pidOf(restarted)).not.toBe(before);
    expect(runs(before)).toBe(false);
  });
  laterLife(show, here, () => job);
}

function laterLife(show: Show, here: Here, installed: () => ServiceJob): void {
  const id = DAEMON_JOB;
  const rebuilt = () => ({ ...installed(), build: "2" });

  show("another build is loaded anew", async () => {
    const place = here();
    const before = pidOf(await place.manager.query(id));
    rmSync(upFile(place.dir, id));
    const installed = await place.manager.restart(rebuilt(), answers(place, id));
    expect(installed).toMatchObject({ state: "loaded" });
    expect(pidOf(installed)).not.toBe(before);
  });

  show("stop: not loaded, no process; start: loaded again", async () => {
    const place = here();
    const before = pidOf(await place.manager.query(id));
    expect(await place.manager.stop(id)).toMatchObject({ state: "not-loaded" });
    expect(runs(before)).toBe(false);
    expect(await place.manager.query(id)).toMatchObject({ state: "not-loaded" });
    rmSync(upFile(place.dir, id));
    const started = await place.manager.start(rebuilt(), answers(place, id));
    expect(started).toMatchObject({ state: "loaded" });
    const again = await place.manager.start(rebuilt(), answers(place, id));
    expect(again).toMatchObject({ state: "already-loaded" });
  });

  show("remove: no process, no file", async () => {
    const { manager } = here();
    const before = pidOf(await manager.query(id));
    expect(await manager.remove(id)).toMatchObject({ state: "not-loaded" });
    expect(runs(before)).toBe(false);
    const file = manager.fileOf(id);
    expect(file !== null && existsSync(file)).toBe(false);
    expect(await manager.query(id)).toMatchObject({ state: "not-loaded" });
  });
}

function badJobs(show: Show, here: Here): void {
  show("a job that ends at once is failed, never loaded, and its last words are told", async () => {
    const place = here();
    const id = peerJobId("brief" as Personality);
    const job = jobOf(place, id, "echo 'no such luck' >&2; exit 3");
    const answer = await place.manager.install(job, answers(place, id));
    expect(answer).toMatchObject({ state: "failed", stderr: expect.stringContaining("luck") });
    expect(answer.next).toBeString();
    expect(await place.manager.remove(id)).toMatchObject({ state: "not-loaded" });
  });

  show("what an earlier life said is not told of a later one", async () => {
    const place = here();
    const { manager } = place;
    const id = peerJobId("heir" as Personality);
    const dying = (words: string) => jobOf(place, id, `echo '${words} words' >&2; exit 3`);
    const proof = answers(place, id);
    const told = [
      await manager.install(dying("first"), proof),
      await manager.restart(dying("second"), proof),
    ];
    await manager.stop(id);
    told.push(await manager.start(dying("third"), proof));
    const words = told.map((answer) => ("stderr" in answer ? answer.stderr : ""));
    const kinds = words.map((text) => [...new Set(text.match(/\w+(?= words)/g))]);
    expect(kinds).toEqual([["first"], ["second"], ["third"]]);
    expect(await manager.remove(id)).toMatchObject({ state: "not-loaded" });
  });

  show("a job that runs and never answers is failed", async () => {
    const place = here();
    const id = peerJobId("mute" as Personality);
    const proof: Proof = () => Promise.resolve({ state: "silent", detail: "nobody answers" });
    const answer = await place.manager.install(jobOf(place, id), proof);
    expect(answer).toMatchObject({ state: "failed", reason: expect.stringContaining("nobody") });
    expect(await place.manager.remove(id)).toMatchObject({ state: "not-loaded" });
  });

  show("an answer from another process is no proof", async () => {
    const place = here();
    const id = peerJobId("usurped" as Personality);
    const proof: Proof = () => Promise.resolve({ state: "answers", pid: process.pid });
    const answer = await place.manager.install(jobOf(place, id), proof);
    expect(answer).toMatchObject({ state: "failed", reason: expect.stringContaining("answers") });
    expect(await place.manager.remove(id)).toMatchObject({ state: "not-loaded" });
  });

  show("a job that ignores TERM ends all the same", async () => {
    const place = here();
    const id = peerJobId("stubborn" as Personality);
    const job = jobOf(place, id, "trap '' TERM");
    const answer = await place.manager.install(job, answers(place, id));
    expect(answer).toMatchObject({ state: "loaded" });
    expect(await place.manager.remove(id)).toMatchObject({ state: "not-loaded" });
    expect(runs(pidOf(answer))).toBe(false);
  });

  show("a control character is refused by name, and nothing is written", async () => {
    const place = here();
    const id = peerJobId("bell" as Personality);
    const job = { ...jobOf(place, id), env: { PATH: "/bin\u0007" } };
    const answer = await place.manager.install(job, answers(place, id));
    expect(answer).toMatchObject({ state: "failed", reason: expect.stringContaining("U+0007") });
    expect(await place.manager.query(id)).toMatchObject({ state: "not-loaded" });
    const file = place.manager.fileOf(id);
    expect(file !== null && existsSync(file)).toBe(false);
  });
}
