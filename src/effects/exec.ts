// Exec: child processes that never throw and never outlast their bound (ports/exec.ts).
//
// The bound is our own: execa's waits for every descendant that holds a pipe open. A child runs
// as the leader of its own process group, which can then be ended whole.

import { statSync } from "node:fs";

import type { Clock } from "../ports/clock.ts";
import type { DetachOutcome, DetachSpec, Exec, RunOutcome, RunSpec } from "../ports/exec.ts";
import { endGroup, endRemains } from "./exec-end.ts";
import type { Child } from "./exec-child.ts";
import { refusalDetail, whyRefused } from "./exec-format.ts";
import { codeOf } from "./files-errors.ts";
import type { SystemProcesses } from "./processes.ts";

/** After its child's exit a pipe is read on for this long: a descendant may hold it open. */
const DRAIN_MS = 200;

/** MAX_ARG_STRLEN on Linux; macOS has a limit for the sum only, and a larger one. */
const ARGUMENT_BYTES_MAX = 131_071;

interface Deps {
  readonly clock: Clock;
  readonly processes: SystemProcesses;
}

export function createExec(clock: Clock, processes: SystemProcesses): Exec {
  const deps = { clock, processes };
  return {
    run: (spec) => run(spec, deps),
    detach: (spec) => detach(spec, processes),
  };
}

async function run(spec: RunSpec, deps: Deps): Promise<RunOutcome> {
  const started = deps.clock.mono();
  const ended = await runToEnd(spec, deps);
  return { ...ended, ms: Math.round(deps.clock.mono() - started) };
}

type Ended = Omit<RunOutcome, "ms">;

async function runToEnd(asked: RunSpec, deps: Deps): Promise<Ended> {
  const spec = { ...asked, cwd: asked.cwd ?? standingFolder() };
  const unfit = unfitToRun(spec.argv, spec.cwd);
  if (unfit !== null) return neverRan(unfit.code, unfit.detail);
  // execa takes longer to load than most verbs take: only those that run something pay for it.
  const { startChild } = await import("./exec-child.ts");
  let child: Child;
  try {
    child = startChild(spec, deps);
  } catch {
    const refused = whyRefused(spec);
    return neverRan(refused.code, refused.detail);
  }
  const first = await firstOf(child, spec, deps.clock);
  const leavesNothing = spec.leavesNothing === true;
  if (first !== "ended") await endGroup(child, { ...deps, withStrays: leavesNothing });
  else {
    if (leavesNothing) await endRemains(child, deps);
    await settle(child.closed, DRAIN_MS, deps.clock);
  }
  child.letGo();
  return outcomeOf(child, spec, first);
}

/**
 * Where whoever was given no folder starts. Ours may have been removed, or hidden from us, and
 * nothing at all would start from there.
 */
function standingFolder(): string {
  try {
    const folder = process.cwd();
    return isFolder(folder) ? folder : "/";
  } catch {
    return "/";
  }
}

/** Told apart here, since the system's answers for these blame the program. */
function unfitToRun(
  argv: readonly string[],
  cwd: string | undefined,
): { code: string; detail: string } | null {
  if (argv[0] === undefined || argv[0] === "") return { code: "ENOENT", detail: "empty argv" };
  for (const argument of argv) {
    if (argument.includes("\0")) return { code: "EINVAL", detail: "an argument holds a NUL" };
    if (Buffer.byteLength(argument) > ARGUMENT_BYTES_MAX) {
      return { code: "E2BIG", detail: `an argument is over ${ARGUMENT_BYTES_MAX} bytes` };
    }
  }
  if (cwd === undefined || isFolder(cwd)) return null;
  return { code: "ENOCWD", detail: `no such folder: ${cwd}` };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Whatever the reason, nothing can be started there.
  }
}

type First = "ended" | "timeout" | "interrupted";

async function firstOf(child: Child, spec: RunSpec, clock: Clock): Promise<First> {
  const over = new AbortController();
  const deadline = clock.sleep(spec.timeoutMs, over.signal).then(() => "timeout" as const);
  const interrupted = whenAborted(spec.signal, over.signal);
  const ended = child.exited.then(() => "ended" as const);
  const first = await Promise.race([ended, deadline, interrupted]);
  over.abort();
  return first;
}

/** Forgets about the signal as soon as it no longer matters. */
function whenAborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<"interrupted"> {
  return new Promise((resolve) => {
    const abort = () => resolve("interrupted");
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true, signal: over });
  });
}

async function settle(done: Promise<void>, ms: number, clock: Clock): Promise<void> {
  const settled = new AbortController();
  await Promise.race([done, clock.sleep(ms, settled.signal)]);
  settled.abort();
}

function outcomeOf(child: Child, spec: RunSpec, first: First): Ended {
  const end = child.end();
  if (end.errorCode !== null) {
    return neverRan(end.errorCode, refusalDetail(spec, end.errorCode, end.detail));
  }
  const isOk = first === "ended" && end.exitCode === 0;
  const state = first === "timeout" ? "timeout" : isOk ? "ok" : "failed";
  return {
    state,
    exitCode: end.exitCode,
    signal: end.signal,
    stdout: child.stdout(),
    stderr: child.stderr(),
  };
}

const NOT_EXECUTABLE = new Set([
  "ENOENT",
  "ENOTDIR",
  "EACCES",
  "ENOEXEC",
  "EISDIR",
  "EPERM",
  "ELOOP",
  "ENAMETOOLONG",
  "ETXTBSY",
]);

function neverRan(code: string, detail: string): Ended {
  const state = NOT_EXECUTABLE.has(code) ? "not-executable" : "failed";
  return { state, exitCode: null, signal: null, stdout: "", stderr: detail };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The runtime itself reaps what it started, as long as we live; later, pid 1 does. */
function detach(spec: DetachSpec, processes: SystemProcesses): DetachOutcome {
  const unfit = unfitToRun(spec.argv, spec.cwd);
  if (unfit !== null) return { state: "failed", detail: unfit.detail };
  try {
    const child = Bun.spawn([...spec.argv], {
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
      ...(spec.env === undefined ? {} : { env: { ...spec.env } }),
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    });
    child.unref();
    const found = processes.identify(child.pid);
    const known = found !== null && found !== "unknown";
    return { state: "spawned", process: known ? found : { pid: child.pid } };
  } catch (error) {
    return { state: "failed", detail: `${codeOf(error)}: ${messageOf(error)}` };
  }
}
