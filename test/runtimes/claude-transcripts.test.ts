// claude's transcripts: whose they are, which one is resumed, and what looking at them costs.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { Files } from "../../src/ports/files.ts";
import { ActivityWatch } from "../../src/runtimes/claude/transcripts.ts";
import { openRuntime, peerOf, type RuntimeUnderTest } from "../contract/runtime-under-test.ts";

const CWD = "/peers/my-peer";
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const typed = (cwd: string, uuid: string) => ({ type: "user", uuid, cwd, isSidechain: false });
const answered = (cwd: string, more = {}) => ({
  type: "assistant",
  cwd,
  isSidechain: false,
  ...more,
});
const jsonl = (...lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("transcripts", () => {
  let under: RuntimeUnderTest;
  let dir: string;
  beforeEach(() => {
    under = openRuntime("claude");
    dir = join(under.home, ".claude/projects/-peers-my-peer");
    mkdirSync(dir, { recursive: true });
  });
  afterEach(() => under.remove());

  const put = (n: number, text: string, ageSecs: number): string => {
    const path = join(dir, `${id(n)}.jsonl`);
    writeFileSync(path, text);
    const at = Date.parse("2026-01-01T12:00:00Z") / 1000 - ageSecs;
    utimesSync(path, at, at);
    return path;
  };
  const find = (env = {}) =>
    under.runtime.findResumable(peerOf(under.runtime, { cwd: CWD }), env)?.ref ?? null;
  const active = () => under.runtime.lastActivity(peerOf(under.runtime, { cwd: CWD }), {});
  const turn = () => under.runtime.lastTurn?.(peerOf(under.runtime, { cwd: CWD }), {}) ?? null;

  test("the newest with an answer is resumed", () => {
    put(1, jsonl(typed(CWD, "a"), answered(CWD)), 30);
    put(2, jsonl(typed(CWD, "b"), answered(CWD)), 20);
    put(3, jsonl(typed(CWD, "c")), 10);
    expect(find()).toBe(id(2));
  });

  test("never one of another folder whose name differs in punctuation only", () => {
    put(1, jsonl(typed("/peers/my.peer", "a"), answered("/peers/my.peer")), 1);
    expect(find()).toBeNull();
    expect(active()).toBeNull();
    put(2, jsonl(typed(CWD, "b"), answered(CWD)), 60);
    expect(find()).toBe(id(2));
  });

  test("the folder that a conversation was begun in counts, wherever the agent went later", () => {
    put(1, jsonl(typed(CWD, "a"), answered(`${CWD}/src`)), 1);
    put(2, jsonl(typed("/elsewhere", "a"), answered(CWD)), 0);
    expect(find()).toBe(id(1));
  });

  test("refusals of the API and agents' helpers are no conversation", () => {
    put(1, jsonl(typed(CWD, "a"), answered(CWD, { isApiErrorMessage: true })), 1);
    put(2, jsonl(typed(CWD, "a"), answered(CWD, { isSidechain: true })), 2);
    put(3, jsonl(typed(CWD, "a"), answered(CWD, { message: { model: "<synthetic>" } })), 3);
    expect(find()).toBeNull();
  });

  test("what is not a transcript is passed over", () => {
    mkdirSync(join(dir, `${id(9)}.jsonl`));
    writeFileSync(join(dir, "--continue.jsonl"), jsonl(typed(CWD, "a"), answered(CWD)));
    writeFileSync(join(dir, `agent-${id(8)}.jsonl`), jsonl(typed(CWD, "a"), answered(CWD)));
    put(7, "\0\0{{{\nnull\n[]\n", 0);
    put(1, `{"cut": ${jsonl(typed(CWD, "a"), answered(CWD))}`, 9);
    expect(find()).toBe(id(1));
  });

  test("a long one is told by its ends", () => {
    const filler = jsonl({ type: "system", text: "x".repeat(1000) }).repeat(3000);
    put(1, jsonl(typed(CWD, "a")) + filler + jsonl(answered(CWD)), 1);
    expect(find()).toBe(id(1));
  });

  test("of a folder whose path is long are found where claude 2.1.197 keeps them", () => {
    const part = "a-folder-of-a-very-long-name-".repeat(4);
    const cwd = `/tmp/iapeer-e2e-kEJwal/${part}/${part}/p2`;
    const name = `-tmp-iapeer-e2e-kEJwal-${part}-${part}`.slice(0, 200);
    const long = join(under.home, `.claude/projects/${name}-zhd6n2`);
    mkdirSync(long);
    writeFileSync(join(long, `${id(5)}.jsonl`), jsonl(typed(cwd, "a"), answered(cwd)));
    const peer = peerOf(under.runtime, { cwd });
    expect(under.runtime.findResumable(peer, {})?.ref).toBe(id(5));
    expect(under.runtime.lastActivity(peer, {})).not.toBeNull();
  });

  test("another home or configuration folder of the peer is looked in", () => {
    const elsewhere = join(under.home, "other/projects/-peers-my-peer");
    mkdirSync(elsewhere, { recursive: true });
    const text = jsonl(typed(CWD, "a"), answered(CWD));
    writeFileSync(join(elsewhere, `${id(5)}.jsonl`), text);
    expect(find()).toBeNull();
    expect(find({ CLAUDE_CONFIG_DIR: join(under.home, "other") })).toBe(id(5));
    const home = join(under.home, "another/.claude/projects/-peers-my-peer");
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `${id(6)}.jsonl`), text);
    expect(find({ HOME: join(under.home, "another") })).toBe(id(6));
  });

  test("a turn is told from whatever else is written", () => {
    const path = put(1, jsonl(typed(CWD, "a"), answered(CWD)), 10);
    expect(turn()).toBe("a");
    const noise = { type: "user", uuid: "n", cwd: CWD };
    appendFileSync(path, jsonl({ type: "mode" }, { ...noise, toolUseResult: {} }));
    appendFileSync(path, jsonl({ ...noise, isMeta: true }, { ...noise, isSidechain: true }));
    expect(turn()).toBe("a");
    appendFileSync(path, jsonl(typed(CWD, "b")));
    expect(turn()).toBe("b");
  });

  test("activity is the time of the newest, and follows a new one", () => {
    expect(active()).toBeNull();
    put(1, jsonl(typed(CWD, "a")), 10);
    expect(active()).toBe(Date.parse("2026-01-01T11:59:50Z") as never);
    put(2, jsonl(typed(CWD, "b")), 5);
    expect(active()).toBe(Date.parse("2026-01-01T11:59:55Z") as never);
  });

  test("the one that is resumed is watched, though a newer one has no answer in it", () => {
    const path = put(1, jsonl(typed(CWD, "a"), answered(CWD)), 30);
    put(2, jsonl(typed(CWD, "b"), answered(CWD, { isApiErrorMessage: true })), 10);
    expect(turn()).toBe("b");
    expect(find()).toBe(id(1));
    appendFileSync(path, jsonl(typed(CWD, "c")));
    expect(turn()).toBe("c");
    expect(active()).toBeGreaterThan(Date.parse("2026-01-02T00:00:00Z"));
    put(3, jsonl(typed(CWD, "d")), -1e9);
    expect(turn()).toBe("d");
  });

  test("one that does not say yet whose it is, is asked again", () => {
    put(1, jsonl(typed(CWD, "a")), 10);
    const path = join(dir, `${id(2)}.jsonl`);
    writeFileSync(path, jsonl({ type: "mode" }));
    expect(active()).toBeNull();
    appendFileSync(path, jsonl(typed(CWD, "b")));
    expect(active()).toBeGreaterThan(Date.parse("2026-01-02T00:00:00Z"));
  });

  test("a tick costs two stats, however many transcripts there are", () => {
    for (let n = 1; n <= 50; n += 1) put(n, jsonl(typed(CWD, "a")), n);
    const counted = countCalls(createFiles());
    const watch = new ActivityWatch(counted.files, createClock());
    expect(watch.latest(dir, CWD)).not.toBeNull();
    counted.calls.length = 0;
    expect(watch.latest(dir, CWD)).not.toBeNull();
    expect(counted.calls).toEqual(["stat", "stat"]);
  });
});

function countCalls(files: Files): { readonly files: Files; readonly calls: string[] } {
  const calls: string[] = [];
  const note = <T>(name: string, answer: T): T => {
    calls.push(name);
    return answer;
  };
  const counted: Files = {
    ...files,
    stat: (path) => note("stat", files.stat(path)),
    list: (dir) => note("list", files.list(dir)),
    read: (path, max) => note("read", files.read(path, max)),
    readHead: (path, bytes) => note("readHead", files.readHead(path, bytes)),
    readTail: (path, bytes) => note("readTail", files.readTail(path, bytes)),
  };
  return { calls, files: counted };
}
