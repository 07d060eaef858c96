// What a session notes of its own pids (lifecycle §5).

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parsePids } from "../../src/formats/pids.ts";

const stat = (pid: number, command: string, start: string) =>
  `${pid} (${command}) S ${Array.from({ length: 18 }, (_, index) => index).join(" ")} ${start} 0 0`;

const SERVER = stat(12, "tmux: server", "345");
const PANE = stat(13, "a) S 1 (b", "678");

test("the start times of server and pane, whatever their commands are called", () => {
  expect(parsePids(`${SERVER}\n${PANE}\n`)).toEqual({
    server: { pid: 12, start: "345" },
    pane: { pid: 13, start: "678" },
  });
});

test.if(process.platform === "linux")("as the kernel writes it", () => {
  const own = readFileSync("/proc/self/stat", "utf8");
  const found = parsePids(own + own);
  expect(found?.server.pid).toBe(process.pid);
  expect(found?.pane).toEqual(found?.server);
});

test.each([
  ["nothing", ""],
  ["one line", `${SERVER}\n`],
  ["half of the second", `${SERVER}\n${PANE.slice(0, 30)}`],
  ["no newline at its end", `${SERVER}\n${PANE}`],
  ["more than two lines", `${SERVER}\n${PANE}\n${PANE}\n`],
  ["a command with a newline", `${SERVER}\n${stat(13, "a\nb", "678")}\n`],
  ["a pid of nobody", `${SERVER}\n${stat(0, "x", "678")}\n`],
])("%s says nothing", (_, text) => expect(parsePids(text)).toBeNull());
