// One run of one command (memory-provider contract, "Running a command"): argv only, stdin
// closed, bounded in time and output, nothing left behind, and an outcome whatever happens.

import type { ProvisionOutcome } from "../../core/provider.ts";
import type { RunOutcome } from "../../ports/exec.ts";
import type { Host } from "../../ports/host.ts";

export interface ProvisionRun {
  readonly argv: readonly string[];
  /** Default `/`: a folder that is always there, and that nobody's relative path hits by luck. */
  readonly cwd?: string;
  /** Over the core's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupted?: AbortSignal;
}

const DETAIL_CHARACTERS = 400;
/** Room for the detail in any encoding, with some to spare. */
const OUTPUT_BYTES_MAX = 16 * 1024;

/** Never throws, and takes at most the configured time and the 2.5 s of an end by force. */
export async function runProvision(host: Host, run: ProvisionRun): Promise<ProvisionOutcome> {
  const begun = host.clock.mono();
  const ended = await runSafely(host, run);
  return {
    state: ended.state,
    exitCode: ended.exitCode,
    signal: ended.signal,
    detail: lastCharacters(ended.stderr, DETAIL_CHARACTERS),
    durationMs: Math.round(host.clock.mono() - begun),
    argv: run.argv,
  };
}

async function runSafely(host: Host, run: ProvisionRun): Promise<RunOutcome> {
  const { argv, cwd = "/", env = {}, interrupted } = run;
  try {
    return await host.exec.run({
      argv,
      cwd,
      env: { ...host.facts.env, ...env },
      timeoutMs: host.config.provisionTimeoutMs,
      maxBytes: OUTPUT_BYTES_MAX,
      keep: "last",
      leavesNothing: true,
      ...(interrupted === undefined ? {} : { signal: interrupted }),
    });
  } catch (error) {
    // A bug below must cost neither a birth nor a removal.
    const stderr = error instanceof Error ? error.message : String(error);
    return { state: "failed", exitCode: null, signal: null, stdout: "", stderr, ms: 0 };
  }
}

/** Characters, not halves of them. */
const lastCharacters = (text: string, count: number): string =>
  Array.from(text.slice(-2 * count)).slice(-count).join("").toWellFormed();
