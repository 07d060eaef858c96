// inotify: what a fake has no notion of, as a writer that keeps its file open, lost events, and a
// folder that is another one.

import { afterEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { createFiles } from "../../src/effects/files.ts";
import { eventsIn } from "../../src/effects/folder-changes.ts";
import { folderChangesTests } from "./folder-changes.suite.ts";

const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).toReversed()) step();
});

function temporaryFolder(): string {
  const root = mkdtempSync(`${tmpdir()}/iapeer-changes-`);
  undo.push(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const files = createFiles();

function followed(): { dir: string; take: () => ReadonlySet<string> | null } {
  const dir = `${temporaryFolder()}/logs`;
  mkdirSync(dir);
  const changes = files.changesIn(dir);
  undo.push(() => changes.close());
  expect(changes.take()).toBeNull();
  return { dir, take: () => changes.take() };
}

/** As `cat >>` has it. */
function writer(path: string | Buffer): (text: string) => void {
  const fd = openSync(path, "a");
  undo.push(() => closeSync(fd));
  return (text) => void writeSync(fd, text);
}

if (process.platform === "linux") {
  describe("folder changes: inotify", () => {
    folderChangesTests(() => ({ files, root: temporaryFolder(), symlink: symlinkSync }));
    systemTests();
  });
} else {
  console.warn("skipped: inotify is Linux's; elsewhere nothing is told");
  test("nothing is told", () => {
    const { take } = followed();
    expect(take()).toBeNull();
  });
}

function systemTests(): void {
  test("a writer that keeps its file open is told of each time, until it is gone", () => {
    const { dir, take } = followed();
    const write = writer(`${dir}/a`);
    expect(take()).toContain("a");
    for (let n = 0; n < 3; n += 1) {
      write("x");
      expect(take()).toEqual(new Set(["a"]));
      expect(take()).toEqual(new Set());
    }
    unlinkSync(`${dir}/a`);
    expect(take()).toContain("a");
    expect(take()).toEqual(new Set());
  });

  test("of more than the kernel keeps, nothing is known, and from then on all again", () => {
    const { dir, take } = followed();
    const kept = Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
    const [one, other] = [writer(`${dir}/a`), writer(`${dir}/b`)];
    take();
    // Two in turn, since the same thing twice is told once.
    for (let n = 0; n <= kept / 2; n += 1) {
      one("x");
      other("x");
    }
    expect(take()).toBeNull();
    expect(take()).toEqual(new Set());
    one("x");
    expect(take()).toEqual(new Set(["a"]));
  });

  test("another folder at its path, also by a rename further up, is another folder", () => {
    const { dir, take } = followed();
    const above = dir.slice(0, dir.lastIndexOf("/"));
    undo.push(() => rmSync(`${above}-old`, { recursive: true, force: true }));
    renameSync(above, `${above}-old`);
    mkdirSync(dir, { recursive: true });
    expect(take()).toBeNull();
    writer(`${dir}/a`)("x");
    expect(take()).toContain("a");
    expect(readdirSync(`${above}-old/logs`)).toEqual([]);
  });

  test("a name of any bytes is no obstacle", () => {
    const { dir, take } = followed();
    for (const name of ["sp ace", "-dash", "new\nline", "ünï"]) writer(`${dir}/${name}`)("x");
    writer(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff])]))("x");
    expect([...(take() ?? [])]).toEqual(["sp ace", "-dash", "new\nline", "ünï", "\ufffd"]);
  });

  test("it costs one descriptor, which closing gives back", () => {
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const { dir } = followed();
    const before = descriptors();
    const changes = files.changesIn(dir);
    for (let n = 0; n < 3; n += 1) changes.take();
    expect(descriptors()).toBe(before + 1);
    changes.close();
    expect(descriptors()).toBe(before);
    const nowhere = files.changesIn(`${dir}/none`);
    for (let n = 0; n < 3; n += 1) nowhere.take();
    expect(descriptors()).toBe(before);
  });
}

test("struct inotify_event: a name is padded with NULs, and may be absent", () => {
  const event = (mask: number, name: string, padded: number) => {
    const bytes = Buffer.alloc(16 + padded);
    bytes.writeInt32LE(1, 0);
    bytes.writeUInt32LE(mask, 4);
    bytes.writeUInt32LE(padded, 12);
    bytes.write(name, 16);
    return bytes;
  };
  const two = Buffer.concat([event(0x2, "a.log", 16), event(0x4000, "", 0), event(0x100, "b", 16)]);
  expect(eventsIn(two)).toEqual([
    { mask: 0x2, name: "a.log" },
    { mask: 0x4000, name: "" },
    { mask: 0x100, name: "b" },
  ]);
  expect(eventsIn(Buffer.alloc(0))).toEqual([]);
});
