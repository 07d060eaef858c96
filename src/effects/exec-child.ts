// One child of `run`: its streams, bounded, and the two ends that must be told apart, that of
// the process itself and that of its pipes.

import { execa } from "execa";

import type { ProcessRef } from "../core/process-ref.ts";
import type { Clock } from "../ports/clock.ts";
import type { RunSpec } from "../ports/exec.ts";
import { entryOf, newMark } from "./exec-mark.ts";
import { collect } from "./exec-output.ts";
import { codeOf } from "./files-errors.ts";
import type { SystemProcesses } from "./processes.ts";

const OUTPUT_BYTES_MAX = 1024 * 1024;

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Of a child that never ran. */
  readonly errorCode: string | null;
  readonly detail: string;
}

export interface Child {
  /** Null: it never ran. Also the number of its process group. */
  readonly pid: number | null;
  /** Null: it never ran, or had ended before it could be looked at. */
  readonly ref: ProcessRef | null | "unknown";
  /** `NAME=value` in its environment and nobody else's; null: it was given none. */
  readonly mark: string | null;
  /** The process has ended, or never began. Never rejects. */
  readonly exited: Promise<void>;
  /** And so have its pipes. Never rejects. */
  readonly closed: Promise<void>;
  end(): ChildEnd;
  stdout(): string;
  stderr(): string;
  /** Closes our end of the pipes, whoever still holds the other. */
  letGo(): void;
}

export interface ChildDeps {
  readonly clock: Clock;
  readonly processes: SystemProcesses;
}

/** Throws when the runtime refuses before the system is asked. */
export function startChild(spec: RunSpec, { clock, processes }: ChildDeps): Child {
  const [file = "", ...rest] = spec.argv;
  const mark = spec.leavesNothing === true ? newMark() : null;
  const marked = mark === null ? {} : { [mark.name]: mark.value };
  const run = execa(file, rest, {
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stripFinalNewline: false,
    ...(spec.stdin === undefined ? { stdin: "ignore" } : { input: spec.stdin }),
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    env: { ...spec.env, ...marked },
    extendEnv: spec.env === undefined,
  });
  const child = run.nodeChildProcess;
  const bound = { maxBytes: spec.maxBytes ?? OUTPUT_BYTES_MAX, keep: spec.keep ?? "first" };
  const stdout = collect(run.stdout, bound, clock);
  const stderr = collect(run.stderr, bound, clock);
  let end: ChildEnd = { exitCode: null, signal: null, errorCode: null, detail: "" };
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      end = { ...end, exitCode, signal };
      resolve();
    });
    child.once("error", (error) => {
      end = { ...end, errorCode: codeOf(error), detail: error.message };
      resolve();
    });
  });
  // Resolves, never rejects, once every pipe has closed.
  const closed = Promise.all([exited, run]).then(() => undefined);
  const found = run.pid === undefined ? null : processes.identify(run.pid);
  return {
    pid: run.pid ?? null,
    ref: found,
    mark: mark === null ? null : entryOf(mark),
    exited,
    closed,
    end: () => end,
    stdout: stdout.text,
    stderr: stderr.text,
    letGo: () => {
      run.stdin?.destroy();
      run.stdout.destroy();
      run.stderr.destroy();
    },
  };
}
