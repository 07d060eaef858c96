// `iapeer exits` of a whole fleet: launches that never started do not crowd out the lives.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
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
  expect(named.err).toBe(OLDER);
  const all = await scratch.type(["exits", "--all"]);
  expect(all.out.trimEnd().split("\n")).toHaveLength(31);
  expect(all.err).toBe("");
});

const OLDER = "older ends are left out; --all shows all there are\n";

describe.each([[[]], [["bell"]], [["-n", "2"]], [["bell", "-n", "25"]], [["--all"]]])(
  "exits %j",
  (words) => {
    beforeEach(() => {
      end("command-echo", 0);
      for (let minute = 1; minute < 30; minute += 1) end("command-bell", minute, UNSTARTED);
      for (let minute = 30; minute < 59; minute += 1) end("command-bell", minute);
    });

    test("for a program it is the same ends, and the same is said beside them", async () => {
      const table = await scratch.type(["exits", ...words]);
      const json = await scratch.type(["exits", "--json", ...words]);
      const rows = table.out.trimEnd().split("\n").slice(1);
      const ends = json.out.trimEnd().split("\n").map((line) => JSON.parse(line));
      expect(ends.map(({ ts }) => ts)).toEqual(rows.map((row) => row.split("  ")[0]));
      expect(json.err).toBe(table.err);
      expect(table.err.includes(OLDER)).toBe(!words.includes("--all") && !words.includes("-n"));
      const many = Number(words.at(-1));
      expect(ends).toHaveLength(words.includes("--all") ? 59 : Number.isNaN(many) ? 20 : many);
    });
  },
);

test("as many as are shown are not called cut", async () => {
  for (let minute = 0; minute < 20; minute += 1) end("command-bell", minute);
  expect((await scratch.type(["exits"])).err).toBe("");
  end("command-bell", 20);
  expect((await scratch.type(["exits"])).err).toBe(OLDER);
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
