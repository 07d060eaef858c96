// A version of the program is asked for its `--version` before it is put in use: one that does not
// even start could be neither used nor rolled back from.

import { dirname } from "node:path";
import { errorIn } from "./error-in.ts";
import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";

const START_MS = 20_000;
const SAID_MAX = 300;

export interface Tried {
  /** Its entry, for the bun that is going to run it. */
  readonly main: string;
  readonly version: string;
  /** What it is called in the refusal. */
  readonly called: string;
  readonly next: string;
}

/** The bun of this process: it is the one that gets into its place, if it is not there already. */
export async function doesStart(host: Host, tried: Tried): Promise<Result<void, IapeerError>> {
  const [bun = "bun"] = host.facts.program;
  const ran = await host.exec.run({
    argv: [bun, tried.main, "--version"],
    cwd: dirname(tried.main),
    timeoutMs: START_MS,
  });
  if (ran.state === "ok" && ran.stdout.trim() === tried.version) return ok(undefined);
  return err(
    new IapeerError({
      code: "does-not-start",
      what: `${tried.called} does not start, and was not put in use`,
      why: whyOf(ran, tried.version),
      next: `${tried.next}; nothing was changed`,
    }),
  );
}

type Ran = Awaited<ReturnType<Host["exec"]["run"]>>;

function whyOf(ran: Ran, version: string): string {
  const ended = ran.exitCode === null ? `by ${ran.signal ?? "a signal"}` : `with ${ran.exitCode}`;
  const outcome = {
    ok: `does not answer ${version}`,
    failed: `ended ${ended}`,
    timeout: `was not through after ${START_MS / 1000} s`,
    "not-executable": "could not be run",
  }[ran.state];
  const text = ran.stderr.trim() || ran.stdout.trim();
  const said = (errorIn(text) ?? text.split("\n").slice(-3).join("; ")).slice(-SAID_MAX);
  return `its --version ${outcome}${said === "" ? "" : `: ${said}`}`;
}
