// The real filesystem: modes whatever the umask, fifos, a read-only folder, a full disk.

import { afterEach, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";

import { createFiles } from "../../src/effects/files.ts";
import { filesSuite } from "./files.suite.ts";

const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).toReversed()) step();
});

function temporaryFolder(): string {
  const root = mkdtempSync(`${tmpdir()}/iapeer-files-`);
  undo.push(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const files = createFiles();

filesSuite("disk", () => ({ files, root: temporaryFolder(), symlink: symlinkSync }));

test("modes do not depend on the umask", () => {
  for (const umask of [0o000, 0o022, 0o077, 0o777]) {
    const root = temporaryFolder();
    const before = process.umask(umask);
    try {
      files.makeFolder(`${root}/a/b`, 0o750);
      files.writeAtomic(`${root}/a/b/open`, "x", { mode: 0o644 });
      files.linkNew(`${root}/a/b/linked`, "x");
      files.writeNew(`${root}/a/b/new`, "x");
    } finally {
      process.umask(before);
    }
    expect(files.stat(`${root}/a`)).toMatchObject({ mode: 0o750 });
    expect(files.stat(`${root}/a/b`)).toMatchObject({ mode: 0o750 });
    expect(files.stat(`${root}/a/b/open`)).toMatchObject({ mode: 0o644 });
    expect(files.stat(`${root}/a/b/linked`)).toMatchObject({ mode: 0o600 });
    expect(files.stat(`${root}/a/b/new`)).toMatchObject({ mode: 0o600 });
  }
});

test("a fifo, a device and a socket are refused without blocking", async () => {
  const root = temporaryFolder();
  execFileSync("mkfifo", [`${root}/fifo`]);
  for (const path of [`${root}/fifo`, "/dev/zero", "/dev/null"]) {
    expect(files.read(path)).toMatchObject({ state: "failed", code: "ENOTREG" });
    expect(files.readTail(path, 10)).toMatchObject({ state: "failed", code: "ENOTREG" });
    expect(files.append(path, "x").state).toBe("failed");
  }
  expect(files.stat(`${root}/fifo`)).toMatchObject({ kind: "other" });
  const server = createServer().listen(`${root}/sock`);
  await new Promise((resolve) => server.once("listening", resolve));
  expect(files.stat(`${root}/sock`)).toMatchObject({ kind: "socket" });
  expect(files.read(`${root}/sock`)).toMatchObject({ state: "failed", code: "ENOTREG" });
  server.close();
});

test("a file of /proc, whose size says 0, is read whole", () => {
  if (!existsSync("/proc/self/status")) {
    console.warn("skipped: no /proc on this system");
    return;
  }
  const read = files.read("/proc/self/status");
  expect(read.state === "ok" && read.text.includes("VmRSS")).toBe(true);
});

test("a writer that holds the file open goes on in the same inode after copy-truncate", () => {
  const root = temporaryFolder();
  const fd = openSync(`${root}/log`, "a");
  writeSync(fd, "before\n");
  files.copyTruncate(`${root}/log`, `${root}/log.1`);
  writeSync(fd, "after\n");
  closeSync(fd);
  expect(readFileSync(`${root}/log`, "utf8")).toBe("after\n");
  expect(readFileSync(`${root}/log.1`, "utf8")).toBe("before\n");
});

test("a link is refused by copy-truncate", () => {
  const root = temporaryFolder();
  writeFileSync(`${root}/target`, "kept");
  symlinkSync(`${root}/target`, `${root}/log`);
  expect(files.copyTruncate(`${root}/log`, `${root}/log.1`)).toMatchObject({ code: "ELOOP" });
  expect(readFileSync(`${root}/target`, "utf8")).toBe("kept");
});

/** Null, said aloud, where mounting is not permitted. */
function mounted(options: string): string | null {
  const dir = `${temporaryFolder()}/mount`;
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", dir], { stdio: "pipe" });
  } catch (error) {
    console.warn(`skipped: mounting a tmpfs is not permitted here (${String(error)})`);
    return null;
  }
  undo.push(() => void execFileSync("umount", [dir]));
  return dir;
}

test("on a full disk every write fails with ENOSPC, leaves the old text and no temporary", () => {
  const dir = mounted("size=64k");
  if (dir === null) return;
  const old = "o".repeat(3000);
  const big = "x".repeat(80 * 1024);
  files.writeAtomic(`${dir}/doc`, old);
  files.append(`${dir}/log`, old);
  expect(files.writeAtomic(`${dir}/doc`, big)).toMatchObject({ code: "ENOSPC" });
  expect(files.writeAtomic(`${dir}/doc`, big, { durable: true })).toMatchObject({ code: "ENOSPC" });
  expect(files.linkNew(`${dir}/end`, big)).toMatchObject({ state: "failed", code: "ENOSPC" });
  expect(files.writeNew(`${dir}/end`, big)).toMatchObject({ state: "failed", code: "ENOSPC" });
  expect(readFileSync(`${dir}/doc`, "utf8")).toBe(old);
  expect(readdirSync(dir).toSorted()).toEqual(["doc", "log"]);

  files.writeAtomic(`${dir}/ballast`, "b".repeat(48 * 1024));
  const ballast = openSync(`${dir}/ballast`, "a");
  expect(() => {
    for (;;) writeSync(ballast, "b".repeat(4096));
  }).toThrow("ENOSPC");
  closeSync(ballast);
  expect(files.copyTruncate(`${dir}/log`, `${dir}/log.1`)).toMatchObject({ code: "ENOSPC" });
  expect(readFileSync(`${dir}/log`, "utf8")).toBe(old);
  expect(files.append(`${dir}/log`, "y".repeat(8192))).toMatchObject({ code: "ENOSPC" });

  files.remove(`${dir}/ballast`);
  expect(files.writeAtomic(`${dir}/doc`, "new", { durable: true })).toEqual({ state: "ok" });
});

test("on a read-only disk every change fails with EROFS, and reading works", () => {
  const dir = mounted("size=64k");
  if (dir === null) return;
  files.writeAtomic(`${dir}/doc`, "old");
  execFileSync("mount", ["-o", "remount,ro", dir]);
  const changes = [
    files.writeAtomic(`${dir}/doc`, "x"),
    files.linkNew(`${dir}/end`, "x"),
    files.writeNew(`${dir}/end`, "x"),
    files.append(`${dir}/doc`, "x"),
    files.makeFolder(`${dir}/new`),
    files.remove(`${dir}/doc`),
    files.rename(`${dir}/doc`, `${dir}/moved`),
    files.copyTruncate(`${dir}/doc`, `${dir}/doc.1`),
  ];
  for (const change of changes) expect(change).toMatchObject({ state: "failed", code: "EROFS" });
  expect(files.read(`${dir}/doc`)).toEqual({ state: "ok", text: "old" });
});

test("two processes that race for one name: exactly one wins", async () => {
  const root = temporaryFolder();
  const program = `
    import { createFiles } from ${JSON.stringify(`${import.meta.dir}/../../src/effects/files.ts`)};
    const files = createFiles();
    for (let n = 0; n < 100; n += 1) {
      const outcome = files.linkNew(\`${root}/end-\${n}\`, String(process.pid));
      console.log(outcome.state);
    }`;
  writeFileSync(`${root}/race.ts`, program);
  const racers = [1, 2, 3].map(() =>
    Bun.spawn([process.execPath, `${root}/race.ts`], { stdout: "pipe" }),
  );
  const outputs = await Promise.all(racers.map((racer) => new Response(racer.stdout).text()));
  const outcomes = outputs.flatMap((output) => output.trim().split("\n"));
  expect(outcomes.filter((state) => state === "ok").length).toBe(100);
  expect(outcomes.filter((state) => state === "exists").length).toBe(200);
  expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
}, 30_000);
