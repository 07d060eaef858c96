// The `command` runtime and what `launch.env` changes for the others.

import { describe, expect, test } from "bun:test";

import { openRuntime, factsOf, launched, peerOf } from "../contract/runtime-under-test.ts";

const { runtime, remove } = openRuntime("command");
remove();
const ready = (expression: string, screen: string): string => {
  const command = { argv: ["/bin/cat"], ready: expression };
  return runtime.readScreen(screen, peerOf(runtime, { command })).shows;
};

describe("command", () => {
  test("runs the declared words as they are, and says how it was woken", () => {
    const command = { argv: ["/bin/echo", "$(id)", "a b", "", "é"] };
    const peer = peerOf(runtime, { command });
    const plan = launched(runtime, { peer, mode: "resume", launchEnv: { A: "1" } });
    expect(plan.argv).toEqual(command.argv);
    expect(plan.env).toEqual({ A: "1", PEER_MODE: "resume" });
    expect(plan.ready).toEqual({ by: "alive", forMs: 300 });
    expect(launched(runtime, { peer }).env["PEER_MODE"]).toBe("fresh");
  });

  test("can always be resumed: a clean park comes back as the same command", () => {
    expect(runtime.findResumable(peerOf(runtime), {})).not.toBeNull();
  });

  test("without a command is refused, with what to write", () => {
    for (const command of [{ argv: [] }, { argv: [""] }]) {
      const plan = runtime.launch(factsOf(runtime, { peer: peerOf(runtime, { command }) }));
      expect(plan).toMatchObject({ refused: expect.stringContaining("ada") });
    }
  });

  test("is ready when the declared expression is on its screen, line by line", () => {
    expect(ready("^ready>$", "booting\n")).toBe("wait");
    expect(ready("^ready>$", "booting\nready>\n\n")).toBe("ready");
  });

  test("with something that is no expression, waits for that text", () => {
    expect(ready("[", "no")).toBe("wait");
    expect(ready("[", "$ [")).toBe("ready");
  });

  test("an expression sees the end of a long screen only", () => {
    expect(ready("^start", `start\n${"x".repeat(64 * 1024)}`)).toBe("wait");
    expect(ready("end$", `${"x".repeat(64 * 1024)}end`)).toBe("ready");
  });

  test("launch by screen when an expression is declared", () => {
    const command = { argv: ["/bin/cat"], ready: "x" };
    const plan = launched(runtime, { peer: peerOf(runtime, { command }) });
    expect(plan.ready).toEqual({ by: "screen" });
  });
});

const CODEX_FLAGS = [
  "--dangerously-bypass-approvals-and-sandbox",
  "--no-daemon",
  "-c",
  "notice.hide_rate_limit_model_nudge=true",
];

const PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
  ["claude", ["claude", "--dangerously-skip-permissions"]],
  ["codex", ["codex", ...CODEX_FLAGS]],
  ["telegram", ["telegram-runtime", "run"]],
  ["notifier", ["notifier-runtime", "run"]],
];

describe.each(PROGRAMS)("%s", (name, argv) => {
  const opened = openRuntime(name);
  opened.remove();
  const own = opened.runtime;

  test("starts its own program", () => {
    expect(launched(own).argv).toEqual(argv);
  });

  test("another program and further arguments come from launch.env, which keeps the rest", () => {
    const launchEnv = { IAPEER_PROGRAM: "/opt/a b/x", IAPEER_ARGS: " --model  m\t-v ", A: "1" };
    const plan = launched(own, { launchEnv });
    expect(plan.argv).toEqual(["/opt/a b/x", ...argv.slice(1), "--model", "m", "-v"]);
    expect(plan.env).toEqual({ A: "1" });
  });

  test("arguments with blanks come as a JSON array", () => {
    const launchEnv = { IAPEER_ARGS: '["a b", "$(id)", ""]' };
    expect(launched(own, { launchEnv }).argv).toEqual([...argv, "a b", "$(id)", ""]);
  });

  test.each(['["a"', "[1]", '["\\u0000"]', '[["a"]]'])("refuses arguments like %s", (text) => {
    const plan = own.launch(factsOf(own, { launchEnv: { IAPEER_ARGS: text } }));
    expect(plan).toMatchObject({ refused: expect.stringContaining("IAPEER_ARGS") });
  });
});
