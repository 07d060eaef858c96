// What every service manager must do (ports/service-manager.ts, service-manager contract), shown
// on real processes. Each manager supplies its place, and a list of what it cannot have.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { DAEMON_JOB, peerJobId, type JobId, type ServiceJob } from "../../src/core/service.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";

export interface ManagerPlace {
  readonly manager: ServiceManager;
  /** The same manager for another root of the same user. */
  readonly other: ServiceManager;
  /** A folder of the test's own; the root is `<dir>/root`. */
  readonly dir: string;
  close(): Promise<void>;
}

export interface SuiteSpec {
  readonly name: string;
  open(): Promise<ManagerPlace>;
  /** Why there are no files whose owner could be asked for. */
  readonly withoutFiles?: string;
}

const SLOW_MS = 30_000;
const HOSTILE = `a b"c'd\\e%f%%g$HOME\${x};h&i<j>k|l*m?n~o#p ü✓🦜 \\ %n`;

const DUMP = `
printf '%s' "$1" > "$2/argv"
printf '%s' "$HOSTILE" > "$2/env"
pwd > "$2/cwd"
`;

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
    endOfAJob(show, () => place);
    badJobs(show, () => place);
    if (spec.withoutFiles === undefined) ownership(show, () => place);
    else console.warn(`skipped ${spec.name}, ownership of files: ${spec.withoutFiles}`);
  });
}

type Show = (name: string, work: () => Promise<void>) => void;
type Here = () => ManagerPlace;

/** A job that says its pid once it is up, after `text`. */
function jobOf({ dir }: ManagerPlace, id: JobId, text = ""): ServiceJob {
  const up = upFile(dir, id);
  rmSync(up, { force: true });
  const script = `${up}.sh`;
  const said = `printf $$ > '${up}.new' && mv '${up}.new' '${up}'`;
  writeFileSync(script, `${text}\n${said}\nwhile :; do sleep 0.1; done\n`);
  return {
    id,
    root: join(dir, "root"),
    description: "a job of a test",
    argv: ["/bin/sh", script, HOSTILE, dir],
    env: { HOSTILE, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    cwd: dir,
    stdout: join(dir, "root/logs/out.log"),
    stderr: join(dir, "root/logs/out.log"),
    restart: "on-failure",
    build: "1",
    throttleSecs: 1,
    exitTimeoutSecs: 2,
  };
}

const upFile = (dir: string, id: JobId): string =>
  join(dir, id.kind === "daemon" ? "up-daemon" : `up-${id.personality}`);

const answers =
  ({ dir }: ManagerPlace, id: JobId): Proof =>
  () => {
    const path = upFile(dir, id);
    if (!existsSync(path)) return Promise.resolve({ state: "silent", detail: "not up yet" });
    return Promise.resolve({ state: "answers", pid: Number(readFileSync(path, "utf8")) });
  };

/** A zombie does not run. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false; // There is no such process.
  }
}

const pidOf = (answer: { state: string } & { job?: { pid: number | null } }): number =>
  answer.job?.pid ?? 0;

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

  show("another build is loaded anew", async () => {
    const place = here();
    const before = pidOf(await place.manager.query(id));
    rmSync(upFile(place.dir, id));
    const installed = await place.manager.restart({ ...job, build: "2" }, answers(place, id));
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
    const started = await place.manager.start({ ...job, build: "2" }, answers(place, id));
    expect(started).toMatchObject({ state: "loaded" });
    const again = await place.manager.start({ ...job, build: "2" }, answers(place, id));
    expect(again).toMatchObject({ state: "already-loaded" });
  });

}

/** After the life of a job: nothing of it is left. */
function endOfAJob(show: Show, here: Here): void {
  const id = DAEMON_JOB;

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

function ownership(show: Show, here: Here): void {
  const id = peerJobId("somebody" as Personality);
  const { personality } = id as Extract<JobId, { kind: "peer" }>;
  const untouched = async (manager: ServiceManager, place: ManagerPlace, kept: string) => {
    const file = manager.fileOf(id) ?? "";
    const job = jobOf(place, id);
    const refused = { state: "refused-foreign", path: file };
    expect(await manager.install(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.start(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.restart(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.stop(id)).toMatchObject(refused);
    expect(await manager.remove(id)).toMatchObject(refused);
    expect(readFileSync(file, "utf8")).toBe(kept);
  };

  show("a foreign file under our name is managed, and never touched", async () => {
    const place = here();
    const { manager } = place;
    const file = manager.fileOf(id) ?? "";
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "not ours\n");
    expect(manager.ownerOf(id)).toMatchObject({ owner: "foreign" });
    expect(manager.manages(personality)).toBe(true);
    await untouched(manager, place, "not ours\n");
    rmSync(file);
    expect(manager.manages(personality)).toBe(false);
  });

  show("a symlink under our name is never followed", async () => {
    const place = here();
    const file = place.manager.fileOf(id) ?? "";
    const target = join(place.dir, "precious");
    writeFileSync(target, "precious\n");
    symlinkSync(target, file);
    expect(place.manager.ownerOf(id)).toMatchObject({ owner: "foreign" });
    await untouched(place.manager, place, "precious\n");
    rmSync(file);
  });

  show("another root's file makes no peer of this root managed, nor is it touched", async () => {
    const place = here();
    const { manager, other } = place;
    const file = manager.fileOf(id) ?? "";
    const text = other.render({ ...jobOf(place, id), root: join(place.dir, "other") });
    if (!text.ok) throw new Error(text.error);
    writeFileSync(file, text.value);
    expect(manager.ownerOf(id)).toEqual({ owner: "another-root", root: join(place.dir, "other") });
    expect(manager.manages(personality)).toBe(false);
    expect(other.manages(personality)).toBe(true);
    await untouched(manager, place, text.value);
    rmSync(file);
  });
}
