// A daemon that runs and does not move, as after SIGSTOP: every verb says so soon, names its pid
// and the one thing that helps, and nothing says that it does not run (lifecycle §4).

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program, type Ran, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const run = (...words: string[]) => program.run(words);
let pid = 0;

/** Asked all at once: each of them waits for five seconds. */
const LOOKS = ["status", "doctor", "daemon status"] as const;
const READS = ["list", "show echo", "why echo"] as const;
const CHANGES = ["stop echo", "wake echo", "refresh echo"] as const;
const OTHERS = ["stop --all --yes", "daemon start"] as const;
type Asked = (typeof LOOKS | typeof READS | typeof CHANGES | typeof OTHERS)[number];
const told = new Map<Asked, Ran>();

function said(words: Asked): Ran {
  const ran = told.get(words);
  if (ran === undefined) throw new Error(`${words} was not asked`);
  return ran;
}

/** Its heartbeat is too old after two periods, which are short here. */
beforeAll(async () => {
  mkdirSync(program.root, { recursive: true });
  writeFileSync(join(program.root, "config.json"), '{"tick_secs": "1s"}');
  for (const name of ["echo", "parrot"]) await run("create", name, "--", "/bin/cat");
  expect(await run("daemon", "start")).toMatchObject({ code: 0 });
  pid = (JSON.parse((await run("daemon", "status", "--json")).out) as { pid: number }).pid;
  process.kill(pid, "SIGSTOP");
  await until("its heartbeat to be too old", async () => {
    const { out } = await run("daemon", "status", "--json");
    return (JSON.parse(out) as { state: string }).state === "stale";
  });
  const asking = [...LOOKS, ...READS, ...CHANGES, ...OTHERS].map(async (words) => {
    told.set(words, await run(...words.split(" ")));
  });
  await Promise.all(asking);
}, SLOW_MS);

afterAll(async () => {
  if (pid > 0) process.kill(pid, "SIGCONT");
  await run("daemon", "stop");
  await program.close();
}, SLOW_MS);

const SILENT = "it gave no answer within 5 s";
const RESTART = "next: iapeer daemon restart\n";

test.each(LOOKS)("%s: an error, with the pid and the remedy", (words) => {
  const { code, out, err } = said(words);
  expect(code).toBe(1);
  expect(out).toContain(`pid ${pid}`);
  expect(out).toContain(SILENT);
  expect(`${out}${err}`).toContain(RESTART);
  expect(`${out}${err}`).not.toMatch(/not running|unknown/);
});

test.each(READS)("%s: tells what the files say, and that it does not answer", (words) => {
  const { code, out, err } = said(words);
  expect(code).toBe(0);
  expect(out).toContain("echo");
  expect(err).toContain(`the daemon does not answer (${SILENT}): iapeer daemon restart\n`);
  expect(err).not.toContain("not running");
});

test.each(CHANGES)("%s: asks it for nothing", (words) => {
  const { code, err } = said(words);
  expect(code).toBe(1);
  expect(err).toEndWith(
    `iapeer: the daemon (pid ${pid}) does not answer, so nothing was asked of it\n` +
      `  why: ${SILENT}\n  ${RESTART}`,
  );
});

test("stop --all: each peer is told of, and it was waited for once", () => {
  const { code, err } = said("stop --all --yes");
  expect(code).toBe(1);
  expect(err).toContain("echo: failed: daemon-silent\nparrot: failed: daemon-silent\n");
});

test("daemon start: starts nothing beside it, and does not say that it does not run", () => {
  const { code, err } = said("daemon start");
  expect(code).toBe(1);
  expect(err).toContain(`iapeer: nothing was started\n  why: the daemon runs as pid ${pid}, and `);
  expect(err).toEndWith(`  ${RESTART}`);
});

test("one that only stood still for a while goes on", async () => {
  process.kill(pid, "SIGCONT");
  await until("it to be well", async () => (await run("status")).code === 0);
  expect(await run("wake", "echo")).toMatchObject({ code: 0 });
}, SLOW_MS);
