// What a session notes of its own pids (lifecycle §5).

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { isNotedServer, parsePids } from "../../src/formats/pids.ts";

const stat = (pid: number, command: string, ppid = 12) => {
  const between = Array.from({ length: 17 }, (_, index) => index).join(" ");
  return `${pid} (${command}) S ${ppid} ${between} 678 0 0`;
};

const PANE = stat(13, "a) S 1 (b");

test("the server's pid and the pane's start time, whatever its command is called", () => {
  expect(parsePids(`12\n${PANE}\n`)).toEqual({ pane: { pid: 13, start: "678" }, serverPid: 12 });
});

test("an earlier note, with a line of the server first", () => {
  const server = stat(12, "tmux: server", 1);
  expect(parsePids(`${server}\n${PANE}\n`)).toEqual(parsePids(`12\n${PANE}\n`));
});

test("and the pid of the log's writer", () => {
  const before = parsePids(`12\n${PANE}\n`);
  expect(parsePids(`12\n${PANE}\n14\n`)).toEqual({ ...before, writerPid: 14 } as typeof before);
  expect(before).not.toHaveProperty("writerPid");
  expect(parsePids(`12\n${PANE}\n14`)).toEqual(before);
});

test.each([
  ["another whole one", `12\n${PANE}\n15\n`, 15],
  ["a half of one", `12\n${PANE}\n15`, 14],
  ["a line", "12\n", 14],
  ["another pane's, which cannot be", `12\n${stat(13, "x", 7)}\n15\n`, 14],
])("after a note comes %s", (_, more, writerPid) => {
  expect(parsePids(`12\n${PANE}\n14\n${more}`)).toMatchObject({ serverPid: 12, writerPid });
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
  ["a writer of no pid", `12\n${PANE}\n0\n`],
  ["a command with a newline", `12\n${stat(13, "a\nb")}\n`],
  ["a pid of nobody", `12\n${stat(0, "x")}\n`],
  ["a server of no pid", `\n${PANE}\n`],
  ["pid 1 as a server", `1\n${stat(13, "x", 1)}\n`],
  ["a pane that pid 1 took over, since its server has died", `12\n${stat(13, "x", 1)}\n`],
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
