// What launchctl and systemctl print, read: tolerant of what is missing, new, or not for us.

import { describe, expect, test } from "bun:test";
import { disabledIn, parsePrint } from "../../src/formats/launchctl-print.ts";
import { parseManagerRecord, renderManagerRecord } from "../../src/formats/manager-record.ts";
import { parseShow } from "../../src/formats/systemctl-show.ts";
import { parseDaemonStarts, renderDaemonStarts } from "../../src/formats/daemon-starts.ts";
import { wallMs } from "../../src/core/brand.ts";

const NOTHING = {
  state: null,
  pid: null,
  lastExitCode: null,
  lastSignal: null,
  runs: null,
  path: null,
};

describe("launchctl print", () => {
  test.each([
    ["", {}],
    ["\tstate = running\n\tpid = 77\n", { state: "running", pid: 77 }],
    ["\t\tstate = active\n\t\tpid = 1\n", {}],
    ["state = running\n", {}],
    ["\tstate = not running\n\tstate = running\n", { state: "not running" }],
    ["\tlast exit code = 78: EX_CONFIG\n", { lastExitCode: "78: EX_CONFIG" }],
    ["\tlast exit code = (never exited)\n", { lastExitCode: "(never exited)" }],
    ["\tlast terminating signal = Killed: 9\n", { lastSignal: "Killed: 9" }],
    ["\truns = 38771\n", { runs: 38_771 }],
    ["\tpid = 0\n", {}],
    ["\tpid = -4\n", {}],
    ["\tpid = 12a\n", {}],
    ["\tEstado = en ejecución\n", {}],
    ["\tpath = /Users/a = b/x.plist\n", { path: "/Users/a = b/x.plist" }],
    ["\tstate = running\r\n", { state: "running" }],
  ])("%j", (text, expected) => {
    expect(parsePrint(text)).toEqual({ ...NOTHING, ...expected });
  });

  test.each([
    ['\t"com.x" => disabled', true],
    ['\t"com.x" => enabled', false],
    ['\t"com.x" => true', true],
    ['\t"com.x" => false', false],
    ['\t"com.xy" => disabled', null],
    ["", null],
    ['\t"com.x" => quizás', null],
  ])("disabled: %j", (text, expected) => expect(disabledIn(text, "com.x")).toBe(expected));
});

describe("systemctl show", () => {
  const loaded = "LoadState=loaded\nActiveState=active\nSubState=running\n";
  const shown = `${loaded}MainPID=9\nNRestarts=2\n`;

  test("a running unit", () => {
    const expected = { load: "loaded", active: "active", pid: 9, restarts: 2 };
    expect(parseShow(shown)).toMatchObject(expected);
  });

  test("pid 0 is none, and a path may hold an equals sign", () => {
    const text = `${shown.replace("MainPID=9", "MainPID=0")}FragmentPath=/a=b\n`;
    expect(parseShow(text)).toMatchObject({ pid: null, path: "/a=b" });
  });

  test.each(["", "Failed to connect to bus\n", "ActiveState=active\n"])("no answer: %j", (text) => {
    expect(parseShow(text)).toBeNull();
  });
});

describe("what we keep", () => {
  const record = {
    manager: "launchd" as const,
    since: "2026-01-01T00:00:00.000Z",
    trace: [
      { probe: "p", saw: "s", meant: "m" },
      { probe: "q", saw: "t", meant: "n", isUntold: true as const },
    ],
  };

  test("the record of the manager comes back; another's is refused", () => {
    expect(parseManagerRecord(renderManagerRecord(record))).toEqual({ ok: true, value: record });
    const upstart = renderManagerRecord(record).replace("launchd", "upstart");
    expect(parseManagerRecord(upstart)).toMatchObject({ ok: false });
    expect(parseManagerRecord("")).toMatchObject({ ok: false });
  });

  test("the daemon's starts come back, bounded; rubbish is nothing", () => {
    const start = { wall: wallMs(5), pid: 7, steady: false, asked: false, reason: "r" };
    const starts = { starts: [start], heldUntilWall: wallMs(9) };
    expect(parseDaemonStarts(renderDaemonStarts(starts))).toEqual(starts);
    const many = renderDaemonStarts({ starts: Array.from({ length: 50 }, () => start) });
    expect(parseDaemonStarts(many).starts).toHaveLength(20);
    expect(parseDaemonStarts("{")).toEqual({ starts: [] });
  });
});
