// Files by which a manager holds jobs: asked for every peer of a tick, looked at once.

import { expect, test } from "bun:test";

import type { Personality } from "../../src/core/names.ts";
import { createJobFiles } from "../../src/managers/job-files.ts";
import { FakeFiles } from "../fakes/files.ts";

const ADA = "ada" as Personality;

test("without a pause the folder is looked at once; after one, or our change, again", async () => {
  const fake = new FakeFiles({ wall: () => 1, mono: () => 1, uid: 501 });
  let looks = 0;
  const stat = (path: string) => {
    looks += path === "/jobs" ? 1 : 0;
    return fake.stat(path);
  };
  const files = new Proxy(fake, {
    get: (target, key) => (key === "stat" ? stat : Reflect.get(target, key, target) as unknown),
  });
  const jobs = createJobFiles({
    files,
    uid: 501,
    root: "/root",
    dir: "/jobs",
    nameOf: () => "ada.job",
    peerIn: (name) => (name === "ada.job" ? ADA : null),
    mark: () => ({ mark: "foreign", detail: "not ours" }),
  });
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
