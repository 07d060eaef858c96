// The tmux program as a client of one socket: how it is run, and what its answers mean.

import type { Clock } from "../ports/clock.ts";
import type { Exec, RunOutcome } from "../ports/exec.ts";
import type { QueryOutcome } from "../ports/tmux.ts";
import type { SystemProcesses } from "./processes.ts";

export interface TmuxDeps {
  readonly clock: Clock;
  readonly exec: Exec;
  readonly processes: SystemProcesses;
  /** Absolute path, or a name to be found in `env.PATH`. */
  readonly tmuxPath: string;
  /** Of every client but the first, which brings its session's own. */
  readonly env: Readonly<Record<string, string>>;
}

export const QUERY_TIMEOUT_MS = 5000;
const TEXT_BYTES_MAX = 4 * 1024 * 1024;

/** An outer tmux must not be taken for ours. */
export function clientEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  const { TMUX: _server, TMUX_PANE: _pane, ...rest } = env;
  return rest;
}

export interface Call {
  readonly socket: string;
  readonly args: readonly string[];
  readonly stdin?: string;
}

export async function run(client: TmuxDeps, call: Call): Promise<QueryOutcome> {
  const { exec, tmuxPath, env } = client;
  const ran = await exec.run({
    argv: [tmuxPath, "-u", "-S", call.socket, ...call.args],
    env,
    ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    timeoutMs: QUERY_TIMEOUT_MS,
    maxBytes: TEXT_BYTES_MAX,
  });
  return outcomeOf(ran);
}

/** What tmux says, in its own words, when nobody is behind the socket (client.c). */
const NO_SERVER = [
  /^no server running on /,
  /^error connecting to [^]* \((?:No such file or directory|Connection refused)\)$/,
  /^(?:server exited|lost server)/,
];

function outcomeOf(ran: RunOutcome): QueryOutcome {
  if (ran.state === "ok") return { state: "answered", text: ran.stdout };
  const said = ran.stderr.trim();
  const gone = ran.state === "failed" && NO_SERVER.some((words) => words.test(said));
  if (gone) return { state: "no-server" };
  if (ran.state === "timeout") return { state: "unknown", detail: NO_ANSWER };
  return { state: "unknown", detail: said === "" ? "tmux failed without a word" : said };
}

const NO_ANSWER = "its tmux server gives no answer";
