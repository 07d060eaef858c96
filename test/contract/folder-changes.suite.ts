// What every FolderChanges does where the system tells of changes (ports/folder-changes.ts).

import { expect, test } from "bun:test";

import type { FilesUnderTest } from "./files-under-test.ts";

type Factory = () => FilesUnderTest;

/** What is done, and the names that are told of it. */
const CHANGES: Readonly<Record<string, readonly [(of: FilesUnderTest) => void, ...string[]]>> = {
  "a file is made": [({ files, root }) => files.writeNew(`${root}/logs/new`, "x"), "new"],
  "a file grows": [({ files, root }) => files.append(`${root}/logs/a`, "more"), "a"],
  "a file is replaced": [({ files, root }) => files.writeAtomic(`${root}/logs/a`, "other"), "a"],
  "a file is emptied": [
    ({ files, root }) => files.copyTruncate(`${root}/logs/a`, `${root}/logs/a.1`),
    "a",
    "a.1",
  ],
  "a file is removed": [({ files, root }) => files.remove(`${root}/logs/a`), "a"],
  "a file is renamed": [({ files, root }) => files.rename(`${root}/logs/a`, `${root}/logs/b`), "b"],
  "a file is moved away": [({ files, root }) => files.rename(`${root}/logs/a`, `${root}/a`), "a"],
  "a file is moved here": [({ files, root }) => files.rename(`${root}/c`, `${root}/logs/c`), "c"],
};

function prepare(given: FilesUnderTest): FilesUnderTest {
  given.files.makeFolder(`${given.root}/logs`);
  for (const path of ["logs/a", "logs/quiet", "c"]) {
    given.files.writeAtomic(`${given.root}/${path}`, "text");
  }
  return given;
}

export function folderChangesTests(factory: Factory): void {
  const prepared = () => prepare(factory());

  for (const [name, [change, ...told]] of Object.entries(CHANGES)) {
    test(`${name}: told of once`, () => {
      const given = prepared();
      const changes = given.files.changesIn(`${given.root}/logs`);
      expect(changes.take()).toBeNull();
      expect(changes.take()).toEqual(new Set());
      change(given);
      const names = changes.take();
      for (const each of told) expect(names).toContain(each);
      expect(names).not.toContain("quiet");
      expect(changes.take()).toEqual(new Set());
      changes.close();
    });
  }

  test("what is done elsewhere is not told of", () => {
    const { files, root } = prepared();
    const changes = files.changesIn(`${root}/logs`);
    changes.take();
    files.append(`${root}/c`, "more");
    files.makeFolder(`${root}/logs/deeper`);
    changes.take();
    files.writeAtomic(`${root}/logs/deeper/a`, "text");
    expect(changes.take()).toEqual(new Set());
    changes.close();
  });

  test("of a folder that is not there, or went and came again, nothing is known", () => {
    const { files, root } = prepared();
    const changes = files.changesIn(`${root}/later`);
    expect([changes.take(), changes.take()]).toEqual([null, null]);
    files.makeFolder(`${root}/later`);
    expect(changes.take()).toBeNull();
    files.removeTree(`${root}/later`);
    files.makeFolder(`${root}/later`);
    expect(changes.take()).toBeNull();
    files.writeNew(`${root}/later/a`, "x");
    expect(changes.take()).toContain("a");
    changes.close();
  });

  test("two who ask are each told", () => {
    const { files, root } = prepared();
    const [one, other] = [files.changesIn(`${root}/logs`), files.changesIn(`${root}/logs`)];
    for (const each of [one, other]) each.take();
    files.append(`${root}/logs/a`, "more");
    for (const each of [one, other]) expect(each.take()).toContain("a");
    for (const each of [one, other]) each.close();
  });

  test("closed, it begins anew", () => {
    const { files, root } = prepared();
    const changes = files.changesIn(`${root}/logs`);
    changes.take();
    changes.close();
    changes.close();
    files.append(`${root}/logs/a`, "more");
    expect(changes.take()).toBeNull();
    expect(changes.take()).toEqual(new Set());
    changes.close();
  });
}
