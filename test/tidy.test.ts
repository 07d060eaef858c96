// House rules as an ordinary test: layers, bans, sizes, names, leftovers. A failure says what to
// do instead. The checkers themselves are tested in test/tidy/.

import { expect, test } from "bun:test";
import { checkBans } from "./tidy/bans.ts";
import { checkLayers } from "./tidy/layers.ts";
import { checkDead, checkMissing, checkTraces } from "./tidy/leftovers.ts";
import { checkShape } from "./tidy/shape.ts";
import { readTree, render } from "./tidy/tree.ts";

const TIMEOUT_MS = 60_000;
const files = readTree(Bun.fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""));

test("the walk finds the repository", () => {
  const paths = files.map(({ path }) => path);
  expect(paths).toContain("package.json");
  expect(paths).toContain("src/core/names.ts");
  expect(paths).toContain("test/tidy.test.ts");
  expect(paths.filter((path) => path.includes("node_modules"))).toEqual([]);
});

test.each([
  ["layers: left never imports right, siblings never each other", checkLayers],
  ["bans: every banned call has its replacement", checkBans],
  ["shape: sizes, names and headers", checkShape],
  ["dead files: everything in src is imported", checkDead],
  ["imports: every imported file is there", checkMissing],
  ["traces: no paths and addresses of one machine", checkTraces],
])(
  "%s",
  (_, check) => {
    expect(check(files).map(render)).toEqual([]);
  },
  TIMEOUT_MS,
);
