// Real servers keep the contract; and what a launch refuses, with which words.

import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Identity } from "../../src/core/names.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import { lackIn } from "../../src/flows/remedy.ts";
import { clock, env, exec, processes, until } from "../real/host-under-test.ts";
import { RealTmux } from "./real-tmux.ts";
import { tmuxSuite } from "./tmux.suite.ts";

tmuxSuite("real", () => new RealTmux());

describe("a launch that is refused says why", () => {
  test.each([
    ["more than tmux's message holds", { argv: ["/bin/cat", "x".repeat(20_000)] }, "too long"],
    ["a socket in no folder", { socket: "/proc/nonexistent/s" }, "No such file or directory"],
  ])("%s", async (...[, more, words]) => {
    await using made = new RealTmux(more);
    const outcome = await made.tmux.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
    expect("detail" in outcome ? outcome.detail : "").toContain(words);
  });

  test.each([
    ["a folder that is not there", { cwd: "/nonexistent/folder" }, "no such folder"],
    ["nothing to run", { argv: [] }, "empty argv"],
    ["an empty name", { argv: [""] }, "empty argv"],
    ["a NUL", { argv: ["a", "b\0"] }, "NUL"],
    ["a program that is not there", { argv: ["/nonexistent/x", "run"] }, "not there to be run"],
    ["a folder as a program", { argv: ["/tmp", "run"] }, "/tmp is a folder"],
    ["a file without an x bit", { argv: ["/etc/passwd", "run"] }, "is not executable"],
    ["a name that PATH does not lead to", { argv: ["no-such-x"] }, "no-such-x is not in the PATH"],
  ])("%s, before anything is started", async (...[, more, words]) => {
    await using made = new RealTmux(more);
    const outcome = await made.tmux.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "unfit" });
    expect("detail" in outcome ? outcome.detail : "").toContain(words);
  });

  test("says what was not there, and where it was looked for", async () => {
    await using made = new RealTmux({ argv: ["no-such-x"] });
    const outcome = await made.tmux.newSession(made.spec);
    const { PATH: searched } = made.spec.env;
    expect(outcome).toMatchObject({ lacks: "program", searched });
    expect("detail" in outcome ? outcome.detail : "").not.toContain(searched ?? "/");
    const moved = await made.tmux.newSession({ ...made.spec, cwd: "/nonexistent/folder" });
    expect(moved).toMatchObject({ lacks: "folder" });
  });

  test.each([
    ["a program by its name", { argv: ["no-such-x"] }],
    ["a program by its path", { argv: ["/nonexistent/x", "run"] }],
    ["a program beside it", { argv: ["./no-such-x"] }],
    ["a folder in its place", { argv: ["/tmp"] }],
    ["a file without an x bit", { argv: ["/etc/passwd"] }],
    ["a folder", { cwd: "/nonexistent/folder" }],
  ])("names %s so that it is known again from the record", async (...[, more]) => {
    await using made = new RealTmux(more);
    const outcome = await made.tmux.newSession(made.spec);
    if (outcome.state !== "failed") throw new Error("it came up");
    expect(outcome.lacks).toBeDefined();
    expect(lackIn("/usr/bin/tmux", outcome.detail, made.spec)).toBe(outcome.lacks ?? null);
  });

  test("names tmux so that it is known again from the record", async () => {
    await using made = new RealTmux();
    const missing = createTmux({ tmuxPath: "/nonexistent/tmux", env, clock, exec, processes });
    const outcome = await missing.newSession(made.spec);
    if (outcome.state !== "failed") throw new Error("it came up");
    expect(outcome.lacks).toBe("tmux");
    expect(lackIn("/nonexistent/tmux", outcome.detail, null)).toBe("tmux");
  });

  test("a foreign server on the path keeps its session and gets none of ours", async () => {
    await using made = new RealTmux();
    const other = "command-other" as Identity;
    await made.tmux.newSession({ ...made.spec, identity: other });
    const outcome = await made.tmux.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
    expect("detail" in outcome ? outcome.detail : "").toContain("another tmux server");
    const { socket } = made.spec;
    expect(await made.tmux.query(socket, other, "#{S:.}")).toMatchObject({ text: "." });
  });
});

describe("another program in tmux's place", () => {
  async function withProgram(script: string, use: (tmuxPath: string) => Promise<void>) {
    const dir = mkdtempSync(join(tmpdir(), "iapeer-tmux-"));
    try {
      const path = join(dir, "tmux");
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      await use(path);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const make = (tmuxPath: string) => createTmux({ clock, exec, processes, tmuxPath, env });

  test.each([
    ["tmux 3.3a", "ok"],
    ["tmux 3.2", "ok"],
    ["tmux next-3.7", "ok"],
    ["tmux master", "ok"],
    ["tmux openbsd-7.4", "ok"],
    ["tmux 3.1c", "missing"],
    ["tmux 2.9", "missing"],
    ["screen 4", "missing"],
  ])("%s is %s", async (said, state) => {
    await withProgram(`echo ${said}`, async (path) => {
      expect((await make(path).version()).state as string).toBe(state);
    });
  });

  test("missing", async () => {
    const gone = make("/nonexistent/tmux");
    expect(await gone.version()).toMatchObject({ state: "missing" });
    await using made = new RealTmux();
    const outcome = await gone.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "not-found" });
    const { socket, identity } = made.spec;
    expect(await gone.query(socket, identity, "#{pid}")).toMatchObject({ state: "unknown" });
  });

  // As a loader does of a library that it cannot find; a client says all in one place.
  test("one that complains before it answers", async () => {
    await withProgram('exec >&3; echo "ld.so: complaint"; exec tmux "$@"', async (canaryScript) => {
      await using made = new RealTmux({ canaryScript });
      const outcome = await made.tmux.newSession(made.spec);
      expect(outcome).toMatchObject({ state: "up", canary: { pid: expect.any(Number) } });
    });
  });

  test("one that has nothing but complaints", async () => {
    const script = 'exec >&3; echo "3 4 is no answer"; echo words; exit 1';
    await withProgram(script, async (canaryScript) => {
      await using made = new RealTmux({ canaryScript });
      const outcome = await made.tmux.newSession(made.spec);
      const detail = "3 4 is no answer\nwords";
      expect(outcome).toMatchObject({ state: "failed", reason: "refused", detail });
    });
  });

  test("one that hangs is ended in time", async () => {
    await withProgram("exec sleep 1000", async (path) => {
      await using made = new RealTmux();
      let client = 0;
      const onClient = ({ pid }: { pid: number }) => (client = pid);
      const outcome = await make(path).newSession({ ...made.spec, timeoutMs: 100, onClient });
      expect(outcome).toMatchObject({ state: "failed", reason: "timeout" });
      await until("the end of the client", () => processes.identify(client) === null);
    });
  });
});
