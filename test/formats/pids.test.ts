// What a session notes of its own pids (lifecycle §5).

import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sameProcess } from "../../src/core/process-ref.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { isNotedServer, parsePids, ticksOf } from "../../src/formats/pids.ts";
import { notePids } from "../../src/formats/tmux-conf.ts";
import { SHELLS } from "../real/host-under-test.ts";

const stat = (pid: number, command: string, ppid = 12) => {
  const between = Array.from({ length: 17 }, (_, index) => index).join(" ");
  return `${pid} (${command}) S ${ppid} ${between} 678 0 0`;
};

const PANE = stat(13, "a) S 1 (b");

test("the server's pid and the pane's start time, whatever its command is called", () => {
  expect(parsePids(`12\n${PANE}\n`)).toEqual({ pane: { pid: 13, start: "678" }, serverPid: 12 });
});

test("the pids of both, and when they were seen", () => {
  const noted = parsePids("12\n13\n6.79\n");
  expect(noted).toEqual({ pane: { pid: 13, start: "<=679" }, serverPid: 12 });
});

test("an earlier note, with a line of the server first", () => {
  const server = stat(12, "tmux: server", 1);
  expect(parsePids(`${server}\n${PANE}\n`)).toEqual(parsePids(`12\n${PANE}\n`));
});

test.if(process.platform === "linux")("as the kernel writes it", () => {
  const found = parsePids(`${process.ppid}\n${readFileSync("/proc/self/stat", "utf8")}`);
  expect(found).toMatchObject({ pane: { pid: process.pid }, serverPid: process.ppid });
});

test.each([
  ["nothing", ""],
  ["one line", `${PANE}\n`],
  ["half of the second", `12\n${PANE.slice(0, 30)}`],
  ["no newline at its end", `12\n${PANE}`],
  ["more than two lines", `12\n${PANE}\n${PANE}\n`],
  ["a command with a newline", `12\n${stat(13, "a\nb")}\n`],
  ["a pid of nobody", `12\n${stat(0, "x")}\n`],
  ["a server of no pid", `\n${PANE}\n`],
  ["pid 1 as a server", `1\n${stat(13, "x", 1)}\n`],
  ["a pane that pid 1 took over, since its server has died", `12\n${stat(13, "x", 1)}\n`],
  ["a pid and no uptime", "12\n13\n"],
  ["an empty uptime", "12\n13\n\n"],
  ["half an uptime", "12\n13\n6.7\n"],
  ["half of a note of an uptime", "12\n13\n6.79"],
  ["an uptime and no pid", "12\n\n6.79\n"],
  ["pid 1 as a pane", "12\n1\n6.79\n"],
  ["a fourth line", "12\n13\n6.79\n\n"],
  ["a pane that a subreaper took over", `12\n${stat(13, "x", 7)}\n`],
])("%s says nothing", (_, text) => expect(parsePids(text)).toBeNull());

test.each([
  ["has the pid and was there before the pane", { pid: 12, start: "677" }, true],
  ["started in the same tick of the clock", { pid: 12, start: "678" }, true],
  ["came to the pid after the pane", { pid: 12, start: "679" }, false],
  ["started later, in a number of more digits", { pid: 12, start: "1000" }, false],
  ["has another pid", { pid: 14, start: "600" }, false],
])("who %s", (_, found, is) => {
  const noted = { pane: { pid: 13, start: "678" }, serverPid: 12 };
  expect(isNotedServer(found, noted)).toBe(is);
});

test.each([
  ["started before it was seen", "677", true],
  ["started in the tick in which it was seen", "679", true],
  ["came to the pid later", "680", false],
  ["came to the pid later, in a number of more digits", "1000", false],
  ["is certainly gone", "0", false],
])("a process that %s", (_, start, is) => {
  const seen = { pid: 13, start: "<=679" };
  expect(sameProcess({ pid: 13, start }, seen)).toBe(is);
  expect(sameProcess(seen, { pid: 13, start })).toBe(is);
  expect(sameProcess({ pid: 14, start }, seen)).toBe(false);
  const found = { pid: 12, start };
  const noted = { pane: seen, serverPid: 12 };
  if (start !== "0") expect(isNotedServer(found, noted)).toBe(is);
});

test.each([
  ["12.05", "1205"],
  ["0.07", "7"],
  ["0.00", "0"],
  ["12.5", null],
  ["12", null],
  ["-1.00", null],
  ["1.00 2", null],
])("an uptime of %s", (uptime, ticks) => expect(ticksOf(uptime)).toBe(ticks));

const processes = createProcesses();

/** What sh, as the server, notes of `pane`, which is text of sh's. */
function noted(shell: readonly string[], isUptimeTold: boolean, pane: string) {
  const folder = mkdtempSync(join(tmpdir(), "iapeer-pids-"));
  try {
    const pids = join(folder, "a 'b");
    const note = `${notePids({ pids, isUptimeTold })} $$ ${pane}`;
    const text = `sleep 1000 & child=$!; ${note}; cat "$1"; echo $$ $child; kill $child`;
    const ran = Bun.spawnSync([...shell, "-c", text, "sh", pids]);
    expect(ran.stderr.toString()).toBe("");
    const lines = ran.stdout.toString().split("\n");
    const [server = 0, child = 0] = (lines.at(-2) ?? "").split(" ").map(Number);
    return { text: `${lines.slice(0, -2).join("\n")}\n`, server, child };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.if(process.platform === "linux")("as sh notes them", () => {
  describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("by %s", (_, shell) => {
    test("a child that was seen", () => {
      const before = ticksOf(readFileSync("/proc/uptime", "latin1").split(" ")[0] ?? "");
      const { text, server, child } = noted(shell, true, "$child");
      const found = parsePids(text);
      expect(found).toMatchObject({ pane: { pid: child }, serverPid: server });
      expect(Number(found?.pane.start.slice(2))).toBeGreaterThanOrEqual(Number(before));
      expect(found?.pane.start).toStartWith("<=");
    });

    test("a child with its start time", () => {
      const { text, server, child } = noted(shell, false, "$child");
      const found = parsePids(text);
      expect(found).toMatchObject({ pane: { pid: child }, serverPid: server });
      expect(found?.pane.start).not.toStartWith("<=");
    });

    test("a process that is not the server's child is nobody's", () => {
      expect(parsePids(noted(shell, true, "$PPID").text)).toBeNull();
      expect(parsePids(noted(shell, false, "$PPID").text)).toBeNull();
    });
  });
});

test.if(process.platform === "linux")("an uptime counts where it goes by that clock", () => {
  const child = Bun.spawn(["/bin/sleep", "1000"], { stdio: ["ignore", "ignore", "ignore"] });
  const found = processes.identify(child.pid);
  const uptime = readFileSync("/proc/uptime", "latin1").split(" ")[0] ?? "";
  child.kill("SIGKILL");
  if (found === null || found === "unknown") throw new Error("it cannot be looked at");
  const seen = { pid: child.pid, start: `<=${ticksOf(uptime)}` };
  if (processes.hasHostPids()) expect(sameProcess(found, seen)).toBe(processes.isUptimeTold());
});
