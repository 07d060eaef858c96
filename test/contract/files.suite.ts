// What every Files does (ports/files.ts).

import { describe, expect, test } from "bun:test";

import { copyTests, folderTests, removeTests } from "./files-folders.suite.ts";
import { code, mode, names, sameInode, text, type FilesUnderTest } from "./files-under-test.ts";

export type { FilesUnderTest } from "./files-under-test.ts";

type Factory = () => FilesUnderTest;

export function filesSuite(name: string, factory: Factory): void {
  describe(`files: ${name}`, () => {
    describe("reading", () => readTests(factory));
    describe("a file of our own", () => readOwnedTests(factory));
    describe("reading on", () => readOnTests(factory));
    describe("writing", () => writeTests(factory));
    describe("link(2)", () => newTests(factory, "linkNew"));
    describe("a new file", () => newTests(factory, "writeNew"));
    describe("appending", () => appendTests(factory));
    describe("folders", () => folderTests(factory));
    describe("removing and moving", () => removeTests(factory));
    describe("copy-truncate", () => copyTests(factory));
  });
}

function readTests(factory: Factory): void {
  test("a missing file is missing, also under a file or a missing folder", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/file`, "x");
    expect(files.read(`${root}/none`)).toEqual({ state: "missing" });
    expect(files.read(`${root}/no/ne`)).toEqual({ state: "missing" });
    expect(files.read(`${root}/file/none`)).toEqual({ state: "missing" });
    expect(files.stat(`${root}/none`)).toEqual({ state: "missing" });
  });

  test("text comes back as it was, also in awkward places", () => {
    const { files, root } = factory();
    const odd = "a\0b\r\n\u{1F600} é";
    for (const name of ["plain", "sp ace", "-dash", "qu'o\"te", "ünï", "new\nline"]) {
      expect(files.writeAtomic(`${root}/${name}`, odd)).toEqual({ state: "ok" });
      expect(text(files, `${root}/${name}`)).toBe(odd);
    }
    files.writeAtomic(`${root}/empty`, "");
    expect(text(files, `${root}/empty`)).toBe("");
  });

  test("a folder is refused, and a file over the bound", () => {
    const { files, root } = factory();
    expect(code(files.read(root))).toBe("EISDIR");
    files.writeAtomic(`${root}/file`, "12345");
    expect(code(files.read(`${root}/file`, 4))).toBe("E2BIG");
    expect(files.read(`${root}/file`, 5)).toEqual({ state: "ok", text: "12345" });
  });

  test("a head is the first bytes, however long the file is", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/file`, "one\ntwo\n");
    expect(files.readHead(`${root}/file`, 4)).toEqual({ state: "ok", text: "one\n" });
    expect(files.readHead(`${root}/file`, 100)).toEqual({ state: "ok", text: "one\ntwo\n" });
    expect(files.readHead(`${root}/file`, 0)).toEqual({ state: "ok", text: "" });
    expect(files.readHead(`${root}/none`, 4)).toEqual({ state: "missing" });
    expect(code(files.readHead(root, 4))).toBe("EISDIR");
  });

  test("a tail is the last bytes, and begins with a whole character", () => {
    const { files, root } = factory();
    files.writeAtomic(`${root}/file`, "one\ntwo\n");
    expect(files.readTail(`${root}/file`, 4)).toEqual({ state: "ok", text: "two\n" });
    expect(files.readTail(`${root}/file`, 100)).toEqual({ state: "ok", text: "one\ntwo\n" });
    expect(files.readTail(`${root}/none`, 4)).toEqual({ state: "missing" });
    files.writeAtomic(`${root}/wide`, "€€");
    expect(files.readTail(`${root}/wide`, 4)).toEqual({ state: "ok", text: "€" });
  });

  test("reading follows a symlink, looking does not", () => {
    const { files, root, symlink } = factory();
    files.writeAtomic(`${root}/file`, "x");
    symlink(`${root}/file`, `${root}/link`);
    expect(text(files, `${root}/link`)).toBe("x");
    expect(files.stat(`${root}/link`)).toMatchObject({ state: "ok", kind: "symlink" });
    expect(files.statTarget(`${root}/link`)).toEqual(files.stat(`${root}/file`));
    symlink(`${root}/nowhere`, `${root}/astray`);
    expect(files.statTarget(`${root}/astray`)).toEqual({ state: "missing" });
    expect(files.stat(`${root}/file`)).toMatchObject({ state: "ok", kind: "file", size: 1 });
    expect(files.stat(root)).toMatchObject({ state: "ok", kind: "folder" });
  });
}

function readOwnedTests(factory: Factory): void {
  test("a file of ours is read as any, and neither a link to one nor another user's", () => {
    const { files, root, symlink } = factory();
    const path = `${root}/file`;
    files.writeAtomic(path, "é");
    const stat = files.stat(path);
    const uid = stat.state === "ok" ? stat.uid : -1;
    expect(files.readOwned(path, uid)).toEqual({ state: "ok", text: "é" });
    expect(code(files.readOwned(path, uid, 1))).toBe("E2BIG");
    expect(code(files.readOwned(path, uid + 1))).toBe("EREFUSED");
    expect(files.readOwned(`${root}/none`, uid)).toEqual({ state: "missing" });
    expect(code(files.readOwned(root, uid))).toBe("EISDIR");
    symlink(path, `${root}/link`);
    expect(code(files.readOwned(`${root}/link`, uid))).toBe("ELOOP");
  });
}

function readOnTests(factory: Factory): void {
  test("goes from character to character, and waits for one that is not whole", () => {
    const { files, root } = factory();
    const path = `${root}/file`;
    files.writeAtomic(path, "a€b");
    expect(files.readOn(path, 0, 100)).toEqual({ state: "ok", text: "a€b", next: 5 });
    expect(files.readOn(path, 0, 3)).toEqual({ state: "ok", text: "a", next: 1 });
    expect(files.readOn(path, 1, 2)).toEqual({ state: "ok", text: "", next: 1 });
    expect(files.readOn(path, 1, 3)).toEqual({ state: "ok", text: "€", next: 4 });
    expect(files.readOn(path, 4, 9)).toEqual({ state: "ok", text: "b", next: 5 });
    expect(files.readOn(path, 5, 9)).toEqual({ state: "ok", text: "", next: 5 });
    expect(files.readOn(path, 99, 9)).toEqual({ state: "ok", text: "", next: 99 });
    expect(files.readOn(`${root}/none`, 0, 9)).toEqual({ state: "missing" });
  });
}

function writeTests(factory: Factory): void {
  test("a write replaces the whole, in a new inode, with the mode asked for", () => {
    const { files, root } = factory();
    const path = `${root}/file`;
    files.writeAtomic(path, "long old text", { mode: 0o644 });
    const before = files.stat(path);
    expect(mode(files, path)).toBe(0o644);
    files.writeAtomic(path, "new", { durable: true });
    const after = files.stat(path);
    expect(text(files, path)).toBe("new");
    expect(mode(files, path)).toBe(0o600);
    expect(sameInode(before, after)).toBe(false);
    expect(names(files, root)).toEqual(["file"]);
  });

  test("a symlink is replaced, never written through", () => {
    const { files, root, symlink } = factory();
    files.writeAtomic(`${root}/target`, "kept");
    symlink(`${root}/target`, `${root}/link`);
    files.writeAtomic(`${root}/link`, "mine");
    expect(files.stat(`${root}/link`)).toMatchObject({ kind: "file" });
    expect(text(files, `${root}/target`)).toBe("kept");
  });

  test("a failure leaves nothing behind, no temporary file either", () => {
    const { files, root } = factory();
    files.makeFolder(`${root}/full`);
    files.writeAtomic(`${root}/full/file`, "x");
    expect(files.writeAtomic(`${root}/no/ne`, "x").state).toBe("failed");
    expect(files.writeAtomic(`${root}/full`, "x").state).toBe("failed");
    expect(names(files, root)).toEqual(["full"]);
    expect(names(files, `${root}/full`)).toEqual(["file"]);
  });
}

/** Of `linkNew` and `writeNew` alike. */
function newTests(factory: Factory, put: "linkNew" | "writeNew"): void {
  test("only the first is put in place", () => {
    const { files, root } = factory();
    expect(files[put](`${root}/end`, "first")).toEqual({ state: "ok" });
    expect(files[put](`${root}/end`, "second")).toEqual({ state: "exists" });
    expect(text(files, `${root}/end`)).toBe("first");
    expect(mode(files, `${root}/end`)).toBe(0o600);
    expect(names(files, root)).toEqual(["end"]);
  });

  test("a symlink in its place counts as there, even to nowhere", () => {
    const { files, root, symlink } = factory();
    symlink(`${root}/nowhere`, `${root}/end`);
    expect(files[put](`${root}/end`, "x")).toEqual({ state: "exists" });
    expect(names(files, root)).toEqual(["end"]);
  });

  test("a missing folder is a failure", () => {
    const { files, root } = factory();
    expect(code(files[put](`${root}/no/end`, "x"))).toBe("ENOENT");
  });
}

function appendTests(factory: Factory): void {
  test("appends to what is there, and creates it", () => {
    const { files, root } = factory();
    expect(files.append(`${root}/log`, "one\n")).toEqual({ state: "ok" });
    expect(files.append(`${root}/log`, "two\n")).toEqual({ state: "ok" });
    expect(text(files, `${root}/log`)).toBe("one\ntwo\n");
    expect(mode(files, `${root}/log`)).toBe(0o600);
  });

  test("goes on in a renamed file's successor", () => {
    const { files, root } = factory();
    files.append(`${root}/log`, "one\n");
    files.rename(`${root}/log`, `${root}/log.1`);
    files.append(`${root}/log`, "two\n");
    expect(text(files, `${root}/log.1`)).toBe("one\n");
    expect(text(files, `${root}/log`)).toBe("two\n");
  });

  test("a symlink, a folder and a missing folder are refused", () => {
    const { files, root, symlink } = factory();
    files.writeAtomic(`${root}/target`, "kept");
    symlink(`${root}/target`, `${root}/link`);
    expect(code(files.append(`${root}/link`, "x"))).toBe("ELOOP");
    expect(code(files.append(root, "x"))).toBe("EISDIR");
    expect(code(files.append(`${root}/no/ne`, "x"))).toBe("ENOENT");
    expect(text(files, `${root}/target`)).toBe("kept");
  });
}
