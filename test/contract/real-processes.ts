// Children for tests: each announces itself before it is used, and is ended by its own pid.

import { readFileSync } from "node:fs";

import type { Subprocess } from "bun";

import { childEnded, followChild } from "../../src/effects/children.ts";

type Piped = Subprocess<"ignore" | "pipe", "pipe", "inherit">;

export interface TestChild {
  readonly pid: number;
  firstLine(): Promise<string>;
  line(index: number): Promise<string>;
  /** Only when it was started with a pipe for its input. */
  say(text: string): void;
}

interface ChildOptions {
  readonly env?: Record<string, string>;
  /** Default: none. */
  readonly stdin?: "pipe";
  /** As a launcher's child is: whoever watches it is told of its end by bun. */
  readonly followed?: boolean;
}

const children = new Map<number, Piped>();

/** Its output is read by line; it is ended, whole group, after the test. */
export function spawnArgv(argv: readonly string[], options: ChildOptions = {}): TestChild {
  const child: Piped = Bun.spawn([...argv], {
    stdio: [options.stdin ?? "ignore", "pipe", "inherit"],
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.followed === true ? { onExit: childEnded } : {}),
  });
  if (options.followed === true) followChild(child);
  children.set(child.pid, child);
  const output = readLines(child.stdout);
  return {
    pid: child.pid,
    firstLine: () => output(0),
    line: (index) => output(index),
    say: (text) => {
      if (child.stdin === undefined) throw new Error("this child takes no input");
      void child.stdin.write(text);
      void child.stdin.flush();
    },
  };
}

/** A process that does nothing, and has begun to. */
export async function spawnSleeper(options: ChildOptions = {}): Promise<TestChild> {
  const child = spawnArgv(["sh", "-c", "echo ready; exec sleep 300"], options);
  await child.firstLine();
  return child;
}

export const pidOf = (child: TestChild): number => child.pid;

/**
 * A process that has ended and that nobody reaps: its parent is a shell that has become a program
 * which never does. `alive` is told of it while it still runs. Needs Linux's /proc.
 */
export async function makeZombie(alive: (pid: number) => void = () => undefined): Promise<number> {
  const child = spawnArgv(["sh", "-c", "sleep 300 & echo $!; exec sleep 300"]);
  const pid = Number(await child.firstLine());
  await until(() => procStat(child.pid).includes("(sleep)"));
  alive(pid);
  process.kill(pid, "SIGKILL");
  await until(() => procStat(pid).includes(") Z "));
  return pid;
}

export const procStat = (pid: number): string => readFileSync(`/proc/${pid}/stat`, "latin1");

/** Kills and reaps. */
export async function endChild(pid: number): Promise<void> {
  const child = children.get(pid);
  if (child === undefined) throw new Error(`${pid} is no child of this test`);
  child.kill("SIGKILL");
  await child.exited;
}

/** Ends what the test has left of its children's process groups. */
export async function endAll(): Promise<void> {
  for (const [pid, child] of children) {
    // While its leader is not reaped, the group's number cannot be anybody else's.
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, "SIGKILL");
    await child.exited;
  }
  children.clear();
}

function readLines(stream: ReadableStream<Uint8Array>): (index: number) => Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return async (index) => {
    while (text.split("\n").length - 1 <= index) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the child ended before its line ${index}: ${text}`);
      text += decoder.decode(value, { stream: true });
    }
    return text.split("\n")[index] ?? "";
  };
}

const LOOK_MS = 2;

/** Waits for a condition; the test's own timeout bounds it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
