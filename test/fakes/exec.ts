// Exec (ports/exec.ts): programs are looked up, not interpreted. A test says what an argv does.

import type {
  DetachOutcome,
  DetachSpec,
  Exec,
  RunOutcome,
  RunSpec,
} from "../../src/ports/exec.ts";
import type { ProcessEntry } from "./process-table.ts";
import type { Life, VirtualTime } from "./time.ts";

/** What running an argv comes to. */
export interface FakeProgram {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** How long it takes; infinite for one that hangs. */
  readonly ms: number;
}

export interface FakeExecOptions {
  readonly time: VirtualTime;
  readonly owner: Life | null;
  /** Null: there is no such program. */
  readonly find: (spec: RunSpec) => FakeProgram | null;
  /** Starts a program that lives on; null: it cannot be started. */
  readonly start: (spec: DetachSpec) => ProcessEntry | null;
}

const MAX_BYTES = 1024 * 1024;

export class FakeExec implements Exec {
  constructor(private readonly options: FakeExecOptions) {}

  run(spec: RunSpec): Promise<RunOutcome> {
    const program = spec.argv.length === 0 ? null : this.options.find(spec);
    const ms = Math.min(program?.ms ?? 0, spec.timeoutMs);
    return new Promise((resolve) => {
      this.options.time.schedule(ms, () => resolve(outcomeOf(spec, program)), this.options.owner);
    });
  }

  detach(spec: DetachSpec): DetachOutcome {
    const started = spec.argv.length === 0 ? null : this.options.start(spec);
    if (started === null) return { state: "failed", detail: `cannot start ${spec.argv[0]}` };
    return { state: "spawned", process: started.ref };
  }
}

function outcomeOf(spec: RunSpec, program: FakeProgram | null): RunOutcome {
  if (program === null) {
    const stderr = `${spec.argv[0]}: not found`;
    return { state: "not-executable", exitCode: null, signal: null, stdout: "", stderr, ms: 0 };
  }
  const max = spec.maxBytes ?? MAX_BYTES;
  const stdout = (program.stdout ?? "").slice(0, max);
  const stderr = (program.stderr ?? "").slice(0, max);
  if (program.ms > spec.timeoutMs) {
    const ended = { exitCode: null, signal: "SIGTERM", stdout, stderr };
    return { state: "timeout", ...ended, ms: spec.timeoutMs };
  }
  const { exitCode, ms } = program;
  const state = exitCode === 0 ? "ok" : "failed";
  return { state, exitCode, signal: null, stdout, stderr, ms };
}
