// `-n 0` of the reading verbs: nothing is printed and nothing is said of it, and with --follow only
// what comes from then on.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pastEvents } from "../../src/cli/event-log.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

const lived = () => {
  const { layout } = scratch.host;
  const identity = "command-echo" as never;
  const generation = "20260131T080000000Z-0001";
  const paths = layout.generation(identity, generation as never);
  for (const dir of [paths.dir, dirname(layout.lifecycleLog), layout.panesDir]) {
    mkdirSync(dir, { recursive: true });
  }
  event(1);
  event(2);
  const verdict = { oom: "not-seen", ours: false, confidence: "certain" };
  const told = { cause: "server-vanished", by: "daemon", ts: "2026-01-31T08:00:01.000Z", verdict };
  const record = { version: 1, ev: "server-exit", identity, generation, ...told };
  writeFileSync(paths.end, JSON.stringify(record), { mode: 0o600 });
  writeFileSync(layout.paneLog(identity), "one\ntwo\n");
};

const event = (n: number) =>
  appendFileSync(
    scratch.host.layout.lifecycleLog,
    `ts=2026-01-31T08:00:0${n}.000Z ev=wake identity=command-echo n=${n}\n`,
  );

const VERBS = [
  [["events"]],
  [["events", "--peer", "echo"]],
  [["events", "--since", "2026-01-31T08:00:00Z"]],
  [["exits"]],
  [["exits", "echo"]],
  [["logs", "echo"]],
];

test.each(VERBS)("%j -n 0 prints nothing, of a history", async (words) => {
  lived();
  expect((await scratch.type(words)).out).not.toBe("");
  for (const more of [[], ["--json"]]) {
    const none = await scratch.type([...words, "-n", "0", ...more]);
    expect(none).toEqual({ code: 0, out: "", err: "" });
  }
});

const SAYING = [[["events"]], [["exits"]]];

test.each(SAYING)("%j -n 0 says nothing of there being none", async (words) => {
  expect((await scratch.type(words)).err).not.toBe("");
  expect(await scratch.type([...words, "-n", "0"])).toEqual({ code: 0, out: "", err: "" });
});

test("of the logs no event is the newest none", () => {
  lived();
  const { files, layout } = scratch.host;
  expect(pastEvents(files, layout, { newest: 0 }).events).toEqual([]);
  expect(pastEvents(files, layout, { newest: 1 }).events).toMatchObject([{ fields: { n: "2" } }]);
});

test.each([
  [["events"], () => event(3), /^2026-01-31T08:00:03.000Z wake +command-echo +n=3\n$/],
  [
    ["logs", "echo"],
    () => appendFileSync(scratch.host.layout.paneLog("command-echo" as never), "three\n"),
    /^three\n$/,
  ],
] as const)("%j -n 0 -f begins now", async (words, happen, printed) => {
  lived();
  const ctrlC = new AbortController();
  const { clock } = scratch.host;
  const sleep = clock.sleep.bind(clock);
  let looks = 0;
  // What comes is there at the first look after the past, and the second look ends it.
  clock.sleep = async () => {
    looks += 1;
    if (looks === 1) happen();
    if (looks === 2) ctrlC.abort();
  };
  const ran = await scratch.type([...words, "-n", "0", "-f"], { interrupted: ctrlC.signal });
  clock.sleep = sleep;
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toMatch(printed);
});
