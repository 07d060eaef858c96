// The log book on a real disk, shared by processes and sh scripts, rotated under their hands.

import { afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { wallMs } from "../../src/core/brand.ts";
import { createFiles } from "../../src/effects/files.ts";
import { createLogBook } from "../../src/effects/log-book.ts";
import { parseLine } from "../../src/formats/logfmt.ts";
import { logBookSuite } from "./log-book.suite.ts";
import { endAll, spawnArgv } from "./real-processes.ts";

const undo: (() => void)[] = [];
afterEach(async () => {
  await endAll();
  for (const step of undo.splice(0).toReversed()) step();
});

function temporaryFolder(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-log-`);
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const WALL = wallMs(Date.UTC(2025, 0, 2, 3, 4, 5, 678));

function open(dir: string, limits = { maxBytes: 1 << 20, keep: 3 }) {
  return createLogBook({
    config: { lifecycleLog: limits, exitsLog: limits, deliveryLog: limits },
    layout: {
      lifecycleLog: `${dir}/lifecycle.log`,
      exitsLog: `${dir}/exits.log`,
      deliveryLog: `${dir}/delivery.log`,
    },
    clock: { wall: () => WALL },
    files: createFiles(),
  });
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

logBookSuite("disk", () => {
  const dir = `${temporaryFolder()}/logs/iapeer`;
  return {
    log: open(dir),
    text: (log) => textOf(`${dir}/${log}.log`),
    breakDisk: () => {
      renameSync(`${dir}/exits.log`, `${dir}/kept`);
      mkdirSync(`${dir}/exits.log`);
    },
    mendDisk: () => {
      rmSync(`${dir}/exits.log`, { recursive: true });
      renameSync(`${dir}/kept`, `${dir}/exits.log`);
    },
  };
});

const numbered = (dir: string, name = "exits.log") =>
  readdirSync(dir).filter((file) => file.startsWith(name)).toSorted();

const event = (n: number) => ({ ev: "test", fields: { n } });
/** `ts=2025-01-02T03:04:05.678Z ev=test n=1` and a newline. */
const LINE_BYTES = 40;

describe("rotation", () => {
  test("never lets a file grow over its limit, keeps so many parts, and drops the oldest", () => {
    const dir = temporaryFolder();
    const log = open(dir, { maxBytes: LINE_BYTES * 2, keep: 3 });
    for (let n = 0; n < 10; n += 1) log.write("exits", event(n));
    expect(log.trouble()).toBeNull();
    expect(numbered(dir)).toEqual(["exits.log", "exits.log.1", "exits.log.2", "exits.log.3"]);
    const oldestFirst = ["exits.log.3", "exits.log.2", "exits.log.1", "exits.log"];
    const kept = oldestFirst.map((name) => textOf(`${dir}/${name}`)).join("");
    const numbers = kept.trim().split("\n").map((line) => parseLine(line)?.fields["n"]);
    expect(numbers).toEqual(["2", "3", "4", "5", "6", "7", "8", "9"]);
    for (const name of numbered(dir)) {
      expect(statSync(`${dir}/${name}`).size).toBe(LINE_BYTES * 2);
      expect(statSync(`${dir}/${name}`).mode & 0o777).toBe(0o600);
    }
  });

  test("closes a gap that a death left, and drops nothing for it", () => {
    const dir = temporaryFolder();
    for (const part of [1, 3]) writeFileSync(`${dir}/exits.log.${part}`, `part ${part}\n`);
    const log = open(dir, { maxBytes: LINE_BYTES, keep: 3 });
    for (const n of [0, 1]) log.write("exits", event(n));
    expect(textOf(`${dir}/exits.log.3`)).toBe("part 3\n");
    expect(textOf(`${dir}/exits.log.2`)).toBe("part 1\n");
    expect(textOf(`${dir}/exits.log.1`)).toContain("n=0");
  });

  test("keeping nothing keeps the newest file", () => {
    const dir = temporaryFolder();
    const log = open(dir, { maxBytes: LINE_BYTES, keep: 0 });
    for (const n of [0, 1, 2]) log.write("exits", event(n));
    expect(numbered(dir)).toEqual(["exits.log"]);
    expect(textOf(`${dir}/exits.log`)).toContain("n=2");
  });

  test("a line longer than the limit is written all the same", () => {
    const dir = temporaryFolder();
    const log = open(dir, { maxBytes: 10, keep: 3 });
    for (const n of [0, 1]) log.write("exits", event(n));
    expect(textOf(`${dir}/exits.log.1`)).toContain("n=0");
    expect(textOf(`${dir}/exits.log`)).toContain("n=1");
  });

  test("when it fails, the line is written, and the trouble told", () => {
    const dir = temporaryFolder();
    const log = open(dir, { maxBytes: LINE_BYTES, keep: 1 });
    mkdirSync(`${dir}/exits.log.1/in-the-way`, { recursive: true });
    for (const n of [0, 1]) log.write("exits", event(n));
    expect(textOf(`${dir}/exits.log`)).toMatch(/n=0\n.*n=1\n$/);
    expect(log.trouble()).toContain("rotated");
  });

  test("who opened the file before it writes into a part that is kept", () => {
    const dir = temporaryFolder();
    const log = open(dir, { maxBytes: LINE_BYTES, keep: 2 });
    log.write("exits", event(0));
    const late = openSync(`${dir}/exits.log`, "a");
    log.write("exits", event(1));
    writeSync(late, "late\n");
    closeSync(late);
    expect(textOf(`${dir}/exits.log.1`)).toMatch(/n=0\nlate\n$/);
  });
});

describe("what others leave", () => {
  test("half a line is ended before the next is written", () => {
    const dir = temporaryFolder();
    writeFileSync(`${dir}/exits.log`, "ts=half a li");
    open(dir).write("exits", event(1));
    expect(textOf(`${dir}/exits.log`)).toMatch(/^ts=half a li\nts=\S+ ev=test n=1\n$/);
  });

  test("a symlink or a fifo in the log's place is not written to", () => {
    const dir = temporaryFolder();
    writeFileSync(`${dir}/target`, "kept");
    symlinkSync(`${dir}/target`, `${dir}/exits.log`);
    execFileSync("mkfifo", [`${dir}/delivery.log`]);
    const log = open(dir);
    log.write("exits", event(1));
    expect(log.trouble()).toContain("exits.log");
    log.write("delivery", event(1));
    expect(log.trouble()).toContain("delivery.log");
    expect(textOf(`${dir}/target`)).toBe("kept");
    unlinkSync(`${dir}/delivery.log`);
    log.write("delivery", event(1));
    // The other log is still in trouble.
    expect(log.trouble()).toContain("exits.log");
  });
});

test("a full disk fails nothing, is told, and is over once there is room", () => {
  const dir = `${temporaryFolder()}/mount`;
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", dir], { stdio: "pipe" });
  } catch (error) {
    console.warn(`skipped: mounting a tmpfs is not permitted here (${String(error)})`);
    return;
  }
  undo.push(() => void execFileSync("umount", [dir]));
  const log = open(dir);
  log.write("exits", event(0));
  const ballast = openSync(`${dir}/ballast`, "a");
  expect(() => {
    for (;;) writeSync(ballast, "b".repeat(4096));
  }).toThrow("ENOSPC");
  closeSync(ballast);
  // The page that the file has already takes some lines more.
  for (let n = 1; log.trouble() === null && n < 1000; n += 1) log.write("exits", event(n));
  expect(log.trouble()).toContain("ENOSPC");
  unlinkSync(`${dir}/ballast`);
  log.write("exits", event(7777));
  expect(log.trouble()).toBeNull();
  expect(textOf(`${dir}/exits.log`)).toMatch(/\nts=\S+ ev=test n=7777\n$/);
});

const WRITERS = 8;
const LINES = 5000;
const SH_LINES = 400;

/** As the canary does it: open, append one line, close. */
const SH_WRITER = `
  n=0
  while [ $n -lt ${SH_LINES} ]; do
    echo "ts=2025-01-02T03:04:05.678Z ev=test writer=sh n=$n" >> "$1/exits.log"
    n=$((n + 1))
  done
  echo 0`;

test("eight processes and a script write, files rotate, every line is there once", async () => {
  const dir = temporaryFolder();
  const program = `${import.meta.dir}/programs/log-writer.ts`;
  const sizes = [String(LINES), "16384", "1000"];
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    spawnArgv([process.execPath, program, dir, `w${index}`, ...sizes]),
  );
  writers.push(spawnArgv(["sh", "-c", SH_WRITER, "sh", dir]));
  const troubles = await Promise.all(writers.map((writer) => writer.firstLine()));
  expect(troubles.every((count) => count === "0")).toBe(true);

  const parts = numbered(dir);
  expect(parts.length).toBeGreaterThan(40);
  const seen = new Map<string, number>();
  for (const name of parts) {
    for (const line of textOf(`${dir}/${name}`).split("\n")) {
      if (line === "") continue;
      const fields = parseLine(line)?.fields;
      const key = fields === undefined ? `torn: ${line}` : `${fields["writer"]} ${fields["n"]}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  expect([...seen].filter(([key, times]) => times !== 1 || key.startsWith("torn"))).toEqual([]);
  expect(seen.size).toBe(WRITERS * LINES + SH_LINES);
}, 60_000);
