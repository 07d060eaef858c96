// The fake files keep the contract of a disk.

import { expect, test } from "bun:test";
import { FakeFiles } from "../fakes/files.ts";
import { filesSuite } from "./files.suite.ts";

function fresh(): FakeFiles {
  const files = new FakeFiles({ wall: () => 1_700_000_000_000, mono: () => 0, uid: 1000 });
  files.makeFolder("/root");
  return files;
}

filesSuite("fake", () => {
  const files = fresh();
  const symlink = (target: string, path: string) => files.special(path, { symlinkTo: target });
  return { files, root: "/root", symlink };
});

test("on a full disk every write fails with ENOSPC and leaves what was there", () => {
  const files = fresh();
  files.writeAtomic("/root/doc", "old");
  files.full = true;
  const writes = [
    files.writeAtomic("/root/doc", "new"),
    files.linkNew("/root/end", "x"),
    files.append("/root/doc", "x"),
    files.copyTruncate("/root/doc", "/root/doc.1"),
  ];
  for (const write of writes) expect(write).toMatchObject({ state: "failed", code: "ENOSPC" });
  expect(files.read("/root/doc")).toEqual({ state: "ok", text: "old" });
  expect(files.list("/root")).toEqual({ state: "ok", names: ["doc"] });
  expect(files.remove("/root/doc")).toEqual({ state: "ok" });
});

test("a fifo and a socket are refused", () => {
  const files = fresh();
  files.special("/root/fifo", "fifo");
  files.special("/root/sock", "socket");
  for (const path of ["/root/fifo", "/root/sock"]) {
    expect(files.read(path)).toMatchObject({ state: "failed", code: "ENOTREG" });
    expect(files.append(path, "x").state).toBe("failed");
  }
  expect(files.stat("/root/sock")).toMatchObject({ kind: "socket" });
});
