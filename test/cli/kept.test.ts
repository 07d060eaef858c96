// What a demonstration that was kept says to type is something that runs.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptLines, typedAs } from "../../src/cli/demo/kept.ts";
import { createFiles } from "../../src/effects/files.ts";

const files = createFiles();
let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "iap-kept-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function program(path: string): string {
  const at = join(dir, path);
  mkdirSync(join(at, ".."), { recursive: true });
  writeFileSync(at, "#!/bin/sh\n");
  chmodSync(at, 0o755);
  return at;
}

const typed = (main: string, path: string) =>
  typedAs({ program: ["/opt/a b/bun", main], path, home: dir, files });

test("a checkout's program is named as it was run, also when another iapeer is on the PATH", () => {
  const main = program("checkout/src/main.ts");
  expect(typed(main, join(dir, "bin"))).toBe(`'/opt/a b/bun' ${main}`);
  program("bin/iapeer");
  expect(typed(main, join(dir, "bin"))).toBe(`'/opt/a b/bun' ${main}`);
});

test("one that the PATH leads to is called iapeer", () => {
  const main = program("checkout/src/main.ts");
  mkdirSync(join(dir, "bin"));
  symlinkSync(main, join(dir, "bin/iapeer"));
  expect(typed(main, join(dir, "bin"))).toBe("iapeer");
  const installed = program(".local/share/iapeer/1.0/main.js");
  program(".local/bin/iapeer");
  expect(typed(installed, join(dir, ".local/bin"))).toBe("iapeer");
});

test("it says that the folder stays, and how all of it is ended", () => {
  const lines = keptLines("/tmp/a b", "bun main.ts");
  expect(lines).toContain("  bun main.ts top --root '/tmp/a b'");
  expect(lines.slice(-4)).toEqual([
    "To end all of it, and to remove the folder, which stays until then:",
    "  bun main.ts stop --all --yes --root '/tmp/a b'",
    "  bun main.ts daemon stop --root '/tmp/a b'",
    "  rm -r '/tmp/a b'",
  ]);
});
