// `iapeer exits` of a whole fleet: launches that never started do not crowd out the lives.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const name of ["echo", "bell"]) {
    await scratch.type(["create", name, "--runtime", "command", "-q", "--", "/bin/cat"]);
  }
});
afterEach(() => scratch.remove());

const VANISHED = { cause: "server-vanished" };
const LAUNCH_FAILED = { cause: "launch-failed" };
const UNSTARTED = { ...LAUNCH_FAILED, started: false };

function end(identity: string, minute: number, how: object = VANISHED): void {
  const generation = `20260131T08${String(minute).padStart(2, "0")}00000Z-0001`;
  const verdict = { oom: "not-seen", ours: false, confidence: "certain" };
  const ts = `2026-01-31T08:${String(minute).padStart(2, "0")}:01.000Z`;
  const record = { version: 1, ev: "server-exit", identity, generation, ts, by: "daemon", verdict };
  const paths = scratch.host.layout.generation(identity as never, generation as never);
  mkdirSync(paths.dir, { recursive: true });
  writeFileSync(paths.end, JSON.stringify({ ...record, ...how }), { mode: 0o600 });
}

test("the latest stands for all tries of its peer, unless that is named", async () => {
  end("command-echo", 0);
  for (let minute = 1; minute < 30; minute += 1) end("command-bell", minute, UNSTARTED);
  const { out, err } = await scratch.type(["exits"]);
  expect(out.trimEnd().split("\n").slice(1)).toEqual([
    expect.stringMatching(/^2026-01-31T08:00:01.000Z  command-echo .* server-vanished /),
    expect.stringMatching(/^2026-01-31T08:29:01.000Z  command-bell .* launch-failed /),
  ]);
  expect(err).toMatch(/^\d+ earlier launches that never started left out; name a peer to see/);
  const named = await scratch.type(["exits", "bell"]);
  expect(named.out.trimEnd().split("\n")).toHaveLength(21);
  expect(named.err).toBe("");
  const json = await scratch.type(["exits", "--json"]);
  expect(json.out.trimEnd().split("\n")).toHaveLength(30);
});

test("what came after a try that never started is shown, and so is that try", async () => {
  end("command-bell", 1, UNSTARTED);
  end("command-bell", 2);
  const { out, err } = await scratch.type(["exits"]);
  expect(out.trimEnd().split("\n")).toHaveLength(3);
  expect(err).toBe("");
});

const MISSING = "/a/b\u001b/prog is not there";

test.each(["exits", "show"])("%s says why a launch never started, cut short", async (verb) => {
  end("command-bell", 1, { ...UNSTARTED, detail: MISSING });
  end("command-bell", 2, { ...UNSTARTED, detail: "x".repeat(300) });
  end("command-bell", 3);
  const { out } = await scratch.type([verb, "bell"]);
  const [first, second, third] = out.split("\n").filter((line) => line.startsWith("2026-"));
  expect(first).toEndWith("  never started: /a/b\\x1b/prog is not there");
  expect(second).toEndWith(`  never started: ${"x".repeat(79)}…`);
  expect(third).toEndWith("  not ours, certain");
});

test("a launch that had begun something says why it failed, beside its verdict", async () => {
  end("command-bell", 1, { ...LAUNCH_FAILED, detail: "tmux ended" });
  const { out } = await scratch.type(["exits", "bell"]);
  expect(out).toContain("  not ours, certain: tmux ended\n");
});
