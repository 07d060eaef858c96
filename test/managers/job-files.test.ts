// Files by which a manager holds jobs: asked for every peer of a tick, looked at once.

import { expect, test } from "bun:test";

import type { Personality } from "../../src/core/names.ts";
import { DAEMON_JOB } from "../../src/core/service.ts";
import type { FileMark } from "../../src/formats/launch-agent.ts";
import { createJobFiles } from "../../src/managers/job-files.ts";
import type { Files } from "../../src/ports/files.ts";
import { FakeFiles } from "../fakes/files.ts";

const ADA = "ada" as Personality;

const NAMES: ReadonlyMap<string, Personality> = new Map([
  ["ada.job", ADA],
  ["bob.job", "bob" as Personality],
]);

const open = (files: Files, mark: FileMark = { mark: "foreign", detail: "not ours" }) =>
  createJobFiles({
    files,
    uid: 501,
    root: "/root",
    dir: "/jobs",
    nameOf: (id) => (id.kind === "peer" ? `${id.personality}.job` : "daemon.job"),
    peerIn: (name) => NAMES.get(name) ?? null,
    mark: () => mark,
  });

const fakeFiles = () => new FakeFiles({ wall: () => 1, mono: () => 1, uid: 501 });

const proxied = (fake: FakeFiles, own: Partial<Files>): Files =>
  new Proxy(fake, {
    get: (target, key) =>
      (Reflect.get(own, key) ?? Reflect.get(target, key, target)) as unknown,
  });

test("without a pause the folder is looked at once; after one, or our change, again", async () => {
  const fake = fakeFiles();
  let looks = 0;
  const stat = (path: string) => {
    looks += path === "/jobs" ? 1 : 0;
    return fake.stat(path);
  };
  const jobs = open(proxied(fake, { stat }));
  for (let asked = 0; asked < 100; asked += 1) expect(jobs.manages(ADA)).toBe(false);
  expect(looks).toBe(1);
  fake.makeFolder("/jobs");
  fake.writeAtomic("/jobs/ada.job", "somebody's");
  await Promise.resolve();
  expect(jobs.manages(ADA)).toBe(true);
  expect(looks).toBe(2);
  fake.remove("/jobs/ada.job");
  jobs.forget();
  expect(jobs.manages(ADA)).toBe(false);
});

test("while the folder cannot be listed each file is asked, then the folder again", async () => {
  const fake = fakeFiles();
  fake.makeFolder("/jobs");
  fake.writeAtomic("/jobs/ada.job", "somebody's");
  let isOut = true;
  const refused = { state: "failed", code: "EMFILE", detail: "too many open files" } as const;
  const jobs = open(proxied(fake, { list: (dir) => (isOut ? refused : fake.list(dir)) }));
  const held = () => ["ada", "bob"].filter((name) => jobs.manages(name as Personality));
  expect(held()).toEqual(["ada"]);
  fake.writeAtomic("/jobs/bob.job", "somebody's");
  await Promise.resolve();
  expect(held()).toEqual(["ada", "bob"]);
  expect(jobs.peers()).toEqual([]);
  isOut = false;
  await Promise.resolve();
  expect(held()).toEqual(["ada", "bob"]);
  expect(jobs.peers()).toHaveLength(2);
});

test("whoever was held stays held while nothing can be told", async () => {
  const fake = fakeFiles();
  fake.makeFolder("/jobs");
  fake.writeAtomic("/jobs/ada.job", "somebody's");
  const jobs = open(fake);
  expect(jobs.manages(ADA)).toBe(true);
  fake.denied.add("/jobs");
  await Promise.resolve();
  expect(jobs.manages(ADA)).toBe(true);
  expect(jobs.manages("bob" as Personality)).toBe(false);
  fake.denied.clear();
  fake.remove("/jobs/ada.job");
  await Promise.resolve();
  expect(jobs.manages(ADA)).toBe(false);
});

test.each([
  ["/root", "ours", true],
  ["/root//", "ours", true],
  ["/root-2", "another-root", false],
  ["/", "another-root", false],
] as const)("a file that names the root %s is %s", (root, owner, manages) => {
  const fake = fakeFiles();
  fake.makeFolder("/jobs");
  for (const name of ["ada", "daemon"]) fake.writeAtomic(`/jobs/${name}.job`, "");
  const jobs = open(fake, { mark: "ours", root });
  expect([jobs.ownerOf(DAEMON_JOB).owner, jobs.manages(ADA)]).toEqual([owner, manages]);
  expect(jobs.peers()).toHaveLength(1);
});

test("nothing that may be another's is taken for ours, whatever its text says", () => {
  const fake = fakeFiles();
  fake.makeFolder("/jobs/daemon.job");
  const ownerOf = (own: Partial<Files>) =>
    open(proxied(fake, own), { mark: "ours", root: "/root" }).ownerOf(DAEMON_JOB);
  const file = { state: "ok", kind: "file", size: 1, mtimeMs: 1, mode: 0o644, inode: 1 } as const;
  const stat = (uid: number) => () => ({ ...file, uid });
  const failed = { state: "failed", code: "EIO", detail: "the disk is sick" } as const;
  const read = (answer: ReturnType<Files["read"]>) => ({ stat: stat(501), read: () => answer });
  const sick = { owner: "foreign", detail: failed.detail } as const;
  expect(ownerOf({})).toEqual({ owner: "foreign", detail: "it is a folder" });
  expect(ownerOf({ stat: stat(0) })).toEqual({ owner: "foreign", detail: "it belongs to uid 0" });
  expect(ownerOf({ stat: () => failed })).toEqual(sick);
  expect(ownerOf(read(failed))).toEqual(sick);
  expect(ownerOf(read({ state: "missing" }))).toEqual({ owner: "absent" });
  expect(ownerOf(read({ state: "ok", text: "" }))).toEqual({ owner: "ours" });
});
