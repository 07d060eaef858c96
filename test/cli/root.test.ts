// One root has one path, however it is written: sockets, folders and jobs are named by it.

import { describe, expect, test } from "bun:test";
import { rootAt, rootOf } from "../../src/cli/root.ts";

const place = { cwd: "/here", home: "/home/ada", env: {} };
const of = (words: readonly string[], env: Record<string, string> = {}) =>
  rootOf({ ...place, words, env });

describe("the root", () => {
  test.each([
    [["--root", "/x/"], "/x"],
    [["--root=/x//y/../z/."], "/x/z"],
    [["--root", "-x"], "/here/-x"],
    [["--root", "a b/"], "/here/a b"],
    [["--root", "/one", "--root", "/two"], "/two"],
    [["--", "--root", "/x"], "/home/ada/.iapeer"],
    [["--root="], "/home/ada/.iapeer"],
    [[], "/home/ada/.iapeer"],
  ])("%j is %s", (words, root) => {
    expect(of(words)).toBe(root);
  });

  test("is the environment's when no option says so", () => {
    expect(of([], { IAPEER_ROOT: "/e/" })).toBe("/e");
    expect(of(["--root", "/x"], { IAPEER_ROOT: "/e" })).toBe("/x");
    expect(of([], { IAPEER_ROOT: "" })).toBe("/home/ada/.iapeer");
    expect(rootAt(undefined, { ...place, env: { IAPEER_ROOT: "rel/" } })).toBe("/here/rel");
    expect(rootAt("/x/", { ...place, env: {} })).toBe("/x");
  });
});
