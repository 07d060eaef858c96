// What a stage of the suite left behind is found, and ended if it is the stage's own; nobody
// else's is touched. A stage that hangs, or has no tests, fails.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endLeftovers, findProcesses, findSockets } from "../../scripts/suite/leftovers.ts";
import { runStage, type StageResult } from "../../scripts/suite/run-stage.ts";
import type { Stage } from "../../scripts/suite/stages.ts";

const TIMEOUT_MS = 60_000;
const folders: string[] = [];
const hasProc = process.platform === "linux";
if (!hasProc) console.warn("skipped: leftover processes are found through /proc");

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-suite-")));
  folders.push(made);
  return made;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe.if(hasProc)("what is left behind", () => {
  test(
    "is found by its working folder and by its environment, and ended",
    async () => {
      const place = folder();
      const inside = await sleeper({ cwd: place, env: {} });
      const marked = await sleeper({ cwd: "/", env: { TMPDIR: `${place}/t` } });
      const stranger = await sleeper({ cwd: "/", env: {} });
      const found = findProcesses(place);
      expect(new Map(found.map(({ pid, tie }) => [pid, tie]))).toEqual(
        new Map([
          [inside.pid, "cwd"],
          [marked.pid, "environ"],
        ]),
      );
      expect(await endLeftovers(found)).toEqual([]);
      await Promise.all([inside.exited, marked.exited]);
      expect(stranger.exitCode).toBe(null);
      stranger.kill("SIGKILL");
      await stranger.exited;
    },
    TIMEOUT_MS,
  );

  test(
    "but one that only names the folder, or has another start time, is let be",
    async () => {
      const place = folder();
      const naming = await sleeper({ cwd: "/", env: {}, word: `${place}/x` });
      const found = findProcesses(place);
      expect(found).toMatchObject([{ pid: naming.pid, tie: "argv" }]);
      await endLeftovers(found);
      const reused = found.map((leftover) => ({ ...leftover, tie: "cwd" as const, start: "1" }));
      await endLeftovers(reused);
      expect(naming.exitCode).toBe(null);
      expect(naming.signalCode).toBe(null);
      naming.kill("SIGKILL");
      await naming.exited;
    },
    TIMEOUT_MS,
  );

  test("sockets are found at any depth", async () => {
    const place = folder();
    mkdirSync(join(place, "a/b"), { recursive: true });
    const server = createServer();
    const path = join(place, "a/b/s.sock");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(findSockets(place)).toEqual([path]);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});

/** Ready once it has said so. */
async function sleeper(of: { cwd: string; env: Record<string, string>; word?: string }) {
  const argv = ["/bin/sh", "-c", "echo ready; read -r _", of.word ?? "sh"];
  const { cwd, env } = of;
  const child = Bun.spawn(argv, { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

describe("a stage that misbehaves", () => {
  const run = (text: string, boundMs = 30_000): Promise<StageResult> => {
    const project = folder();
    mkdirSync(join(project, "test/x"), { recursive: true });
    writeFileSync(join(project, "test/x/x.test.ts"), text);
    const stage: Stage = { name: "x", runs: { tests: ["test/x"] }, boundMs };
    const signal = new AbortController().signal;
    return runStage(stage, { project, env: process.env, extra: {}, signal });
  };
  const IMPORT = 'import { test } from "bun:test";\n';

  test(
    "hangs: it is ended, whole group",
    async () => {
      const hang = 'test("x", () => { Bun.spawnSync(["sleep", "1000"]); }, 1e6);';
      const result = await run(`${IMPORT}${hang}`, 1500);
      expect(result.failed).toBe(1);
      expect(result.troubles[0]).toBe("took longer than 1.5 s and was ended");
      expect(result.troubles.filter((trouble) => trouble.includes("left behind"))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test.if(hasProc)(
    "leaves a process",
    async () => {
      const leave =
        'test("x", () => { Bun.spawn(["setsid", "sleep", "1000"], ' +
        '{ stdio: ["ignore", "ignore", "ignore"] }).unref(); });';
      const result = await run(`${IMPORT}${leave}`);
      expect(result).toMatchObject({ passed: 1, failed: 1 });
      expect(result.troubles.join("\n")).toMatch(/left behind: process \d+ \(ended\).*sleep 1000/);
    },
    TIMEOUT_MS,
  );

  test(
    "starts a tmux server on the default socket",
    async () => {
      const start =
        'test("x", () => { Bun.spawnSync(' +
        '["tmux", "-f", "/dev/null", "new-session", "-d", "sleep 1000"]); });';
      const result = await run(`${IMPORT}${start}`);
      const troubles = result.troubles.join("\n");
      expect(troubles).toContain("left behind: a tmux server on the default socket");
      expect(troubles).toMatch(/left behind: process \d+ \(ended\): tmux/);
    },
    TIMEOUT_MS,
  );

  test(
    "leaves a folder that cannot be listed",
    async () => {
      const close =
        'import { chmodSync, mkdirSync } from "node:fs";\n' +
        'test("x", () => { const at = `${process.env["TMPDIR"]}/a`; ' +
        "mkdirSync(`${at}/b`, { recursive: true }); chmodSync(at, 0); });";
      const result = await run(`${IMPORT}${close}`);
      expect(result).toMatchObject({ passed: 1, failed: 0 });
    },
    TIMEOUT_MS,
  );

  test("has no tests", async () => {
    const stage: Stage = { name: "x", runs: { tests: ["test/none"] }, boundMs: 1000 };
    const { signal } = new AbortController();
    const options = { project: folder(), env: process.env, extra: {}, signal };
    expect(await runStage(stage, options)).toMatchObject({ passed: 0, failed: 1 });
  });
});
