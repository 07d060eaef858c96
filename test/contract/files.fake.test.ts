// The fake files keep the contract of a disk.

import { describe, expect, test } from "bun:test";
import { FakeFiles } from "../fakes/files.ts";
import { filesSuite, type FilesUnderTest } from "./files.suite.ts";
import { folderChangesTests } from "./folder-changes.suite.ts";

function fresh(): FakeFiles {
  const files = new FakeFiles({ wall: () => 1_700_000_000_000, mono: () => 0, uid: 1000 });
  files.makeFolder("/fake");
  return files;
}

function underTest(): FilesUnderTest {
  const files = fresh();
  const symlink = (target: string, path: string) => files.special(path, { symlinkTo: target });
  return { files, root: "/fake", symlink };
}

filesSuite("fake", underTest);
describe("folder changes: fake", () => folderChangesTests(underTest));

test("on a full disk every write fails with ENOSPC and leaves what was there", () => {
  const files = fresh();
  files.writeAtomic("/fake/doc", "old");
  files.full = true;
  const writes = [
    files.writeAtomic("/fake/doc", "new"),
    files.linkNew("/fake/end", "x"),
    files.append("/fake/doc", "x"),
    files.copyTruncate("/fake/doc", "/fake/doc.1"),
  ];
  for (const write of writes) expect(write).toMatchObject({ state: "failed", code: "ENOSPC" });
  expect(files.read("/fake/doc")).toEqual({ state: "ok", text: "old" });
  expect(files.list("/fake")).toEqual({ state: "ok", names: ["doc"] });
  expect(files.remove("/fake/doc")).toEqual({ state: "ok" });
});

test("a fifo and a socket are refused", () => {
  const files = fresh();
  files.special("/fake/fifo", "fifo");
  files.special("/fake/sock", "socket");
  for (const path of ["/fake/fifo", "/fake/sock"]) {
    expect(files.read(path)).toMatchObject({ state: "failed", code: "ENOTREG" });
    expect(files.append(path, "x").state).toBe("failed");
  }
  expect(files.stat("/fake/sock")).toMatchObject({ kind: "socket" });
});
