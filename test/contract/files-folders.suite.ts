// The part of the Files suite about folders, removal and rotation; run by files.suite.ts.

import { expect, test } from "bun:test";

import { code, mode, names, sameInode, text, type FilesUnderTest } from "./files-under-test.ts";

type Factory = () => FilesUnderTest;

export function folderTests(factory: Factory): void {
  test("a folder is made with all above it, closed to others", () => {
    const { files, root } = factory();
    expect(files.makeFolder(`${root}/a/b/c`)).toEqual({ state: "ok" });
    for (const path of ["a", "a/b", "a/b/c"]) expect(mode(files, `${root}/${path}`)).toBe(0o700);
  });

  test("an existing folder is fine, and its mode is set", () => {
    const { files, root } = factory();
    files.makeFolder(`${root}/a`, 0o755);
    expect(mode(files, `${root}/a`)).toBe(0o755);
    files.writeAtomic(`${root}/a/file`, "x");
    expect(files.makeFolder(`${root}/a`)).toEqual({ state: "ok" });
    expect(mode(files, `${root}/a`)).toBe(0o700);
    expect(names(files, `${root}/a`)).toEqual(["file"]);
  });

  test("links above are resolved, the last part and what is missing are not", () => {
    const { files, root, symlink } = factory();
    files.makeFolder(`${root}/real/sub`);
    symlink(`${root}/real`, `${root}/link`);
    symlink(`${root}/real/sub`, `${root}/real/last`);
    expect(files.realParent(`${root}/link/sub`)).toBe(`${root}/real/sub`);
    expect(files.realParent(`${root}/link/last`)).toBe(`${root}/real/last`);
    expect(files.realParent(`${root}/link`)).toBe(`${root}/link`);
    expect(files.realParent(`${root}/link/none`)).toBe(`${root}/real/none`);
    expect(files.realParent(`${root}/none/none`)).toBe(`${root}/none/none`);
    expect(files.realParent("/")).toBe("/");
  });

  test("a folder is synced with what was renamed and removed in it", () => {
    const { files, root } = factory();
    expect(files.makeFolder(`${root}/a/b`, 0o700, true)).toEqual({ state: "ok" });
    expect(files.syncFolder(`${root}/a`)).toEqual({ state: "ok" });
    expect(files.syncFolder(`${root}/none`).state).toBe("failed");
  });

  test("a file in the way is a failure", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/file`, "x");
    expect(files.makeFolder(`${root}/file`).state).toBe("failed");
    expect(files.makeFolder(`${root}/file/below`).state).toBe("failed");
  });

  test("names are sorted, a missing folder is empty, a file is none", () => {
    const { files, root } = factory();
    for (const name of ["b", "B", "a", "é", "1"]) files.writeAtomic(`${root}/${name}`, "x");
    expect(names(files, root)).toEqual(["1", "B", "a", "b", "é"]);
    expect(names(files, `${root}/none`)).toEqual([]);
    expect(names(files, `${root}/a`)).toEqual(["ENOTDIR"]);
  });
}

export function removeTests(factory: Factory): void {
  test("remove takes a file or a link itself; a missing one is fine; a folder is refused", () => {
    const { files, root, symlink } = factory();
    files.writeAtomic(`${root}/file`, "x");
    symlink(`${root}/file`, `${root}/link`);
    expect(files.remove(`${root}/link`)).toEqual({ state: "ok" });
    expect(text(files, `${root}/file`)).toBe("x");
    expect(files.remove(`${root}/file`)).toEqual({ state: "ok" });
    expect(files.remove(`${root}/file`)).toEqual({ state: "ok" });
    expect(files.remove(root).state).toBe("failed");
    expect(names(files, root)).toEqual([]);
  });

  test("an empty folder goes, one that holds something stays, and a link is none", () => {
    const { files, root, symlink } = factory();
    files.makeFolder(`${root}/empty`);
    files.makeFolder(`${root}/full`);
    files.writeAtomic(`${root}/full/kept`, "x");
    symlink(`${root}/empty`, `${root}/link`);
    expect(code(files.removeEmpty(`${root}/link`))).toBe("ENOTDIR");
    expect(files.removeEmpty(`${root}/empty`)).toEqual({ state: "ok" });
    expect(files.removeEmpty(`${root}/empty`)).toEqual({ state: "ok" });
    expect(code(files.removeEmpty(`${root}/full`))).toBe("ENOTEMPTY");
    expect(code(files.removeEmpty(`${root}/full/kept`))).toBe("ENOTDIR");
    expect(names(files, `${root}/full`)).toEqual(["kept"]);
  });

  test("a tree goes whole, and nothing that its links point to", () => {
    const { files, root, symlink } = factory();
    files.makeFolder(`${root}/tree/deep`);
    files.writeAtomic(`${root}/tree/deep/file`, "x");
    files.makeFolder(`${root}/other`);
    files.writeAtomic(`${root}/other/kept`, "x");
    symlink(`${root}/other`, `${root}/tree/link`);
    expect(files.removeTree(`${root}/tree`)).toEqual({ state: "ok" });
    expect(files.removeTree(`${root}/tree`)).toEqual({ state: "ok" });
    expect(names(files, root)).toEqual(["other"]);
    expect(names(files, `${root}/other`)).toEqual(["kept"]);
  });

  test("a link to a tree goes alone", () => {
    const { files, root, symlink } = factory();
    files.makeFolder(`${root}/other`);
    files.writeAtomic(`${root}/other/kept`, "x");
    symlink(`${root}/other`, `${root}/link`);
    files.removeTree(`${root}/link`);
    expect(names(files, root)).toEqual(["other"]);
    expect(names(files, `${root}/other`)).toEqual(["kept"]);
  });

  test("the root of everything is never removed", () => {
    const { files } = factory();
    for (const path of ["/", "", "//", "/tmp/.."]) {
      expect(code(files.removeTree(path))).toBe("EINVAL");
    }
  });

  test("rename replaces a file and moves a folder", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/a`, "a");
    files.writeAtomic(`${root}/b`, "b");
    expect(files.rename(`${root}/a`, `${root}/b`)).toEqual({ state: "ok" });
    expect(text(files, `${root}/b`)).toBe("a");
    files.makeFolder(`${root}/dir`);
    files.writeAtomic(`${root}/dir/in`, "x");
    expect(files.rename(`${root}/dir`, `${root}/moved`)).toEqual({ state: "ok" });
    expect(text(files, `${root}/moved/in`)).toBe("x");
    expect(code(files.rename(`${root}/none`, `${root}/c`))).toBe("ENOENT");
  });
}

export function copyTests(factory: Factory): void {
  test("the copy has the text, the original its inode and nothing else", () => {
    const { files, root } = factory();
    files.append(`${root}/log`, "one\ntwo\n");
    const before = files.stat(`${root}/log`);
    expect(files.copyTruncate(`${root}/log`, `${root}/log.1`)).toEqual({ state: "ok" });
    expect(text(files, `${root}/log.1`)).toBe("one\ntwo\n");
    expect(text(files, `${root}/log`)).toBe("");
    const after = files.stat(`${root}/log`);
    expect(sameInode(before, after)).toBe(true);
    expect(names(files, root)).toEqual(["log", "log.1"]);
  });

  test("an older copy is replaced", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/log.1`, "old");
    files.append(`${root}/log`, "new");
    files.copyTruncate(`${root}/log`, `${root}/log.1`);
    expect(text(files, `${root}/log.1`)).toBe("new");
  });

  test("no more than the newest bytes are copied when a limit is given", () => {
    const { files, root } = factory();
    files.append(`${root}/log`, "0123456789");
    expect(files.copyTruncate(`${root}/log`, `${root}/log.1`, 4)).toEqual({ state: "ok" });
    expect(text(files, `${root}/log.1`)).toBe("6789");
    expect(text(files, `${root}/log`)).toBe("");
  });

  test("when it cannot be copied, nothing is emptied", () => {
    const { files, root } = factory();
    files.append(`${root}/log`, "kept");
    expect(files.copyTruncate(`${root}/log`, `${root}/no/log.1`).state).toBe("failed");
    expect(text(files, `${root}/log`)).toBe("kept");
    expect(files.copyTruncate(`${root}/none`, `${root}/log.1`).state).toBe("failed");
    expect(names(files, root)).toEqual(["log"]);
  });

  test("nor when the copy cannot be put in its place", () => {
    const { files, root } = factory();
    files.append(`${root}/log`, "kept");
    files.makeFolder(`${root}/log.1`);
    expect(code(files.copyTruncate(`${root}/log`, `${root}/log.1`))).toBe("EISDIR");
    expect(text(files, `${root}/log`)).toBe("kept");
    expect(names(files, root)).toEqual(["log", "log.1"]);
    expect(names(files, `${root}/log.1`)).toEqual([]);
  });
}
