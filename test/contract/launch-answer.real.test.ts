// What is heard of a launcher on its descriptor: up to its answer, whoever goes on holding it, and
// never for ever.

import { afterEach, expect, test } from "bun:test";
import { hearAnswer } from "../../src/effects/launch-answer.ts";

const isAnswer = (said: string): boolean => /^up$/m.test(said);
const NEVER = new AbortController().signal;

let child: Bun.Subprocess | null = null;
afterEach(async () => {
  child?.kill("SIGKILL");
  await child?.exited;
});

/** A shell that says what it has to on descriptor 3. */
function hear(script: string, lost = NEVER, isOver = isAnswer): Promise<string> {
  child = Bun.spawn(["/bin/sh", "-c", script], {
    stdio: ["ignore", "ignore", "ignore", "socket-fd"],
  });
  const [, , , fd] = child.stdio;
  if (typeof fd !== "number") throw new Error("no descriptor");
  return hearAnswer(fd, isOver, lost);
}

test("its answer, after complaints, though it lives on", async () => {
  expect(await hear("printf 'oh\\nup\\n' >&3; exec sleep 1000")).toBe("oh\nup\n");
  expect(child?.exitCode).toBeNull();
});

test("what it said, when it ends without one", async () => {
  expect(await hear("printf 'no\\n' >&3")).toBe("no\n");
  expect(await hear(":")).toBe("");
});

test("of one that does not come to its answer only so much", async () => {
  const said = await hear("while :; do echo nothing of use; done >&3");
  expect(said.length).toBeGreaterThanOrEqual(64 * 1024);
  expect(said.length).toBeLessThan(1024 * 1024);
});

test("what it said until it is given up, though it holds on", async () => {
  const lost = new AbortController();
  const giveUp = (said: string) => {
    if (said === "wait") queueMicrotask(() => lost.abort());
    return false;
  };
  expect(await hear("printf wait >&3; exec sleep 1000", lost.signal, giveUp)).toBe("wait");
  expect(child?.exitCode).toBeNull();
});

test("nothing, of one that is given up before it said anything", async () => {
  const lost = new AbortController();
  const heard = hear("exec sleep 1000", lost.signal);
  queueMicrotask(() => lost.abort());
  expect(await heard).toBe("");
});
