// The pane-died hook and the pane's log on real servers (lifecycle §5, §7): how a process ended
// is on record, its server ends, and nothing that it printed is lost.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { EndRecord } from "../../src/core/generation.ts";
import { wallMs } from "../../src/core/brand.ts";
import { endLogEvent } from "../../src/formats/end-record.ts";
import { parseInstant } from "../../src/formats/instant.ts";
import { parseLine, renderLine } from "../../src/formats/logfmt.ts";
import { PRESSURE_HIGH_PERCENT } from "../../src/formats/witness-sh.ts";
import { PRESSURE_HIGH_PERCENT as IN_VERDICTS } from "../../src/rules/verdict.ts";
import { Generation } from "./generation.ts";
import {
  clock,
  env,
  exec,
  fillDisk,
  oomKills,
  processes,
  SHELLS,
  tools,
  until,
} from "./host-under-test.ts";

const script = (text: string) => ["/bin/sh", "-c", text];

/**
 * A process that ends before the log's writer holds its terminal can end unseen by a tmux with
 * utempter; the daemon then sends the server another SIGCHLD, and so does this.
 */
async function serverEnds(made: Generation): Promise<void> {
  const server = made.theServer();
  let nudge = clock.mono() + 100;
  await until("the end of the server", () => {
    if (clock.mono() > nudge) {
      processes.signal(server, "CHLD");
      nudge += 100;
    }
    return processes.liveness(server) === "dead";
  });
}

async function expectEnd(made: Generation, wanted: Partial<EndRecord>): Promise<EndRecord> {
  await serverEnds(made);
  const end = made.end();
  expect(end).toMatchObject({
    version: 1,
    ev: "session-exit",
    by: "hook",
    identity: made.identity,
    generation: made.id,
    serverPid: made.theServer().pid,
    ...wanted,
  });
  if (end === null) throw new Error("no record");
  const lines = made.exitLines();
  expect(lines).toHaveLength(1);
  const line = parseLine(lines[0] ?? "");
  const wall = parseInstant(end.ts) ?? wallMs(0);
  const same = { memory_pressure_percent: "0" };
  const ours = parseLine(renderLine({ ...endLogEvent(end), wall }));
  expect(line).toEqual({ ...ours, fields: { ...ours?.fields, ...fieldsOf(line, same) } } as never);
  expect(statSync(made.paths.end).mode & 0o777).toBe(0o600);
  const names = readdirSync(made.paths.dir);
  expect(names.filter((name) => name.startsWith(".end"))).toEqual([]);
  return end;
}

/** `0.00` in sh is `0` in JSON: those fields are taken as the line has them. */
function fieldsOf(line: ReturnType<typeof parseLine>, which: Record<string, string>) {
  const entries = Object.entries(line?.fields ?? {}).filter(([key]) => key in which);
  return Object.fromEntries(entries);
}

describe("the end of a pane's process", () => {
  test.each([0, 1, 9, 127, 255])("an instant exit %i", async (status) => {
    await using made = await new Generation({ argv: script(`exit ${status}`) }).launch();
    const end = await expectEnd(made, { deadStatus: status });
    expect(end.deadSignal).toBeUndefined();
    expect(end.verdict).toMatchObject({ exitCode: status, ours: false, confidence: "certain" });
  });

  test.each([
    ["TERM", 15, "certain"],
    ["KILL", 9, oomKills() === null ? "unknown" : "likely"],
  ] as const)("killed by %s", async (signal, deadSignal, confidence) => {
    await using made = await new Generation({ argv: ["/bin/sleep", "1000"] }).launch();
    if (made.pane === null) throw new Error("no pane");
    processes.signal(made.pane, signal);
    const end = await expectEnd(made, { deadSignal });
    expect(end.deadStatus).toBeUndefined();
    expect(end.verdict).toMatchObject({ signal: deadSignal, confidence });
  });

  test("with a canary there is still one record, and the canary is silent", async () => {
    await using made = await new Generation({ argv: script("read x; exit 3") }).launchWatched();
    await exec.run({
      argv: [tools.tmux, "-S", made.facts.socket, "send-keys", "-t", "=command-echo:", "Enter"],
      env,
      timeoutMs: 5000,
    });
    await expectEnd(made, { deadStatus: 3 });
    await made.gone(made.theCanary());
    expect(made.exitLines()).toHaveLength(1);
    expect(readdirSync(made.facts.serverDeathsDir)).toEqual([]);
  });

  test("a record that is there already counts; the server ends all the same", async () => {
    await using made = await new Generation({ argv: script("read x") }).launch();
    writeFileSync(made.paths.end, "{}\n");
    if (made.pane !== null) processes.signal(made.pane, "KILL");
    await serverEnds(made);
    expect(readFileSync(made.paths.end, "utf8")).toBe("{}\n");
    expect(made.exitLines()).toEqual([]);
  });

  test("a full disk costs the exit code, not the end of the server", async () => {
    const disk = new Generation();
    await using _cleanUp = disk;
    const mount = join(disk.scratch, "full");
    mkdirSync(mount);
    const options = ["-t", "tmpfs", "-o", "size=64k", "none", mount];
    const mounted = await exec.run({ argv: ["mount", ...options], timeoutMs: 5000 });
    if (mounted.state !== "ok") return console.warn("skipped: a small disk needs root");
    try {
      const made = await new Generation({ beside: disk, rootName: "full" }).launch();
      fillDisk(join(mount, "filler"));
      if (made.pane !== null) processes.signal(made.pane, "KILL");
      await serverEnds(made);
      expect(made.end()).toBeNull();
    } finally {
      await exec.run({ argv: ["umount", "-l", mount], timeoutMs: 5000 });
    }
  });
});

describe("whose server the hook ends", () => {
  test("not a successor's, which carries another stamp", async () => {
    await using made = await new Generation().launch();
    await using late = new Generation({ beside: made });
    const argv = [tools.sh, late.paths.hookScript, "4242", "7", ""];
    const ran = await exec.run({ argv, env, timeoutMs: 5000 });
    expect(ran).toMatchObject({ state: "ok", stdout: "", stderr: "" });
    expect(late.end()).toMatchObject({ generation: late.id, deadStatus: 7, serverPid: 4242 });
    expect(processes.liveness(made.theServer())).toBe("alive");
    expect(made.end()).toBeNull();
  });
});

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("run by %s", (_, shell) => {
  const run = async (made: Generation, ...args: readonly string[]) => {
    const argv = [...shell, made.paths.hookScript, ...args];
    expect(await exec.run({ argv, env: {}, timeoutMs: 5000 })).toMatchObject({ state: "ok" });
    return made.end();
  };

  test.each([
    [["12", "0", ""], { deadStatus: 0, serverPid: 12 }],
    [["12", "", "9"], { deadSignal: 9 }],
    [["12", "", "kill"], { deadSignal: 9 }],
    [["12", "", "usr1"], { deadSignal: 30 }],
    [["12", "5", "9"], { deadStatus: 5 }],
  ] as const)("with %j", async (args, wanted) => {
    await using made = new Generation();
    expect(await run(made, ...args)).toMatchObject(wanted);
  });

  test.each([[[]], [["x", "$(id)", "'"]], [["", "", ""]]])("with %j", async (args) => {
    await using made = new Generation();
    const end = await run(made, ...args);
    for (const known of ["deadStatus", "deadSignal", "serverPid"]) {
      expect(end).not.toHaveProperty(known);
    }
    expect(end?.verdict.confidence).toBe("unknown");
  });
});

describe("the pane's log", () => {
  // No more than the terminal holds: of a burst of many KB just before an exit, tmux itself can
  // lose the end on a loaded host, since it closes the terminal at SIGCHLD (window.c of 3.3a).
  test("has all that an instantly exiting process prints", async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      await using made = await new Generation({ argv: script("echo last words; exit 9") }).launch();
      await expectEnd(made, { deadStatus: 9 });
      // The log's writer may still be emptying its pipe.
      await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
      expect(made.paneText()).toStartWith("last words\r\n");
    }
  }, 20_000);

  test("has a flood from its first byte to its last", async () => {
    const flood = "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i + 1)); done; exec cat";
    await using made = await new Generation({ argv: script(flood) }).launch();
    const has = (line: string) =>
      existsSync(made.facts.paneLog) && made.paneText().includes(`${line}\r\n`);
    await until("the last line", () => has("line 4999"));
    const wanted = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    expect(made.paneText().split("\r\n").slice(0, 5000)).toEqual(wanted);
  }, 20_000);

  test("is ours alone, appended to, and survives being emptied in place", async () => {
    await using made = await new Generation({ argv: ["/bin/cat"] }).launch();
    const say = (text: string) =>
      exec.run({
        argv: [tools.tmux, "-S", made.facts.socket, "send-keys", "-l", `${text}\n`],
        env,
        timeoutMs: 5000,
      });
    await say("one");
    await until("one", () => existsSync(made.facts.paneLog) && made.paneText().includes("one"));
    expect(statSync(made.facts.paneLog).mode & 0o777).toBe(0o600);
    writeFileSync(made.facts.paneLog, "");
    await say("two");
    await until("two", () => made.paneText().includes("two"));
    expect(made.paneText()).not.toContain("\0");
  });
});

test("scripts and rules agree on what memory pressure is high", () => {
  expect(PRESSURE_HIGH_PERCENT).toBe(IN_VERDICTS);
});
