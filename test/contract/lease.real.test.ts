// The lease between real processes: the kernel releases it at a death, and no child keeps it.

import { afterEach, expect, test } from "bun:test";
import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { createLease } from "../../src/effects/lease.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { LeaseOutcome } from "../../src/ports/lock.ts";
import { leaseSuite } from "./lease.suite.ts";
import { known } from "./processes.suite.ts";
import { endAll, endChild, spawnArgv } from "./real-processes.ts";

const folders: string[] = [];
const processes = createProcesses();

afterEach(async () => {
  await endAll();
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-lease-`);
  folders.push(dir);
  return dir;
}

leaseSuite("host", () => {
  const dir = temporaryFolder();
  const paths = { path: `${dir}/a/daemon.lease`, otherPath: `${dir}/other.lease` };
  const remove = () => rmSync(`${dir}/a`, { recursive: true });
  return { lease: createLease(), other: createLease(), remove, ...paths };
});

const release = (outcome: LeaseOutcome): void => {
  if (outcome.state === "held") outcome.release();
};

test("a death releases it at once, although every child lives on", async () => {
  const path = `${temporaryFolder()}/daemon.lease`;
  const holder = spawnArgv([
    process.execPath,
    `${import.meta.dir}/programs/lease-holder.ts`,
    path,
  ]);
  const said = JSON.parse(await holder.firstLine()) as { state: string; pids: number[] };
  expect(said.state).toBe("held");
  const children = said.pids.map((pid) => known(processes, pid));
  expect(createLease().acquire(path)).toEqual({ state: "busy" });
  expect(readFileSync(path, "utf8")).toBe(`${holder.pid}\n`);
  await endChild(holder.pid);
  const outcome = createLease().acquire(path);
  const alive = children.map((child) => processes.liveness(child));
  for (const child of children) processes.signal(child, "KILL");
  expect(alive).toEqual(["alive", "alive", "alive"]);
  expect(outcome.state).toBe("held");
  release(outcome);
}, 20_000);

test("the file stays, closed to others, and names the latest holder", () => {
  const path = `${temporaryFolder()}/daemon.lease`;
  writeFileSync(path, "a much longer text than a pid\n");
  release(createLease().acquire(path));
  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  rmSync(path);
  release(createLease().acquire(path));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("whether it is held may be impossible to tell; a file for a folder is told", () => {
  const dir = temporaryFolder();
  const held = createLease().acquire(`${dir}/a/daemon.lease`);
  if (held.state !== "held") throw new Error(held.state);
  renameSync(`${dir}/a`, `${dir}/b`);
  symlinkSync("a", `${dir}/a`);
  expect(held.hold()).toBe("unknown");
  rmSync(`${dir}/a`);
  writeFileSync(`${dir}/a`, "x");
  expect(held.hold()).toBe("lost");
  rmSync(`${dir}/a`);
  renameSync(`${dir}/b`, `${dir}/a`);
  expect(held.hold()).toBe("ours");
  held.release();
});

test("what cannot be locked is a failure, with a word about it", () => {
  const dir = temporaryFolder();
  writeFileSync(`${dir}/file`, "x");
  symlinkSync(`${dir}/file`, `${dir}/link`);
  for (const path of [`${dir}/link`, `${dir}/file/below`, dir]) {
    const outcome = createLease().acquire(path);
    expect(outcome.state).toBe("failed");
    if (outcome.state === "failed") expect(outcome.detail).not.toBe("");
  }
});
