// Bringing up one tmux server with its one session (lifecycle §7).

import { statSync } from "node:fs";

import { tmuxArgument } from "../formats/tmux-quote.ts";
import type { NewSessionOutcome, NewSessionSpec } from "../ports/tmux.ts";
import { codeOf } from "./files-errors.ts";
import { clientEnv, type TmuxDeps } from "./tmux-client.ts";

/** One dot a session. */
const FORMAT = "#{pid} #{pane_pid} #{S:.}";

/** With one argument tmux would run a shell with it; sh only replaces itself by the program. */
const ALONE = ["/bin/sh", "-c", 'exec "$0"'];

type Failure = Extract<NewSessionOutcome, { state: "failed" }>;

const failed = (reason: Failure["reason"], detail: string): Failure => ({
  state: "failed",
  reason,
  detail,
});

/**
 * The client starts in the session's folder instead of naming it with `-c`, whose value tmux
 * would expand as a format; the environment is the client's own for the same reason that no
 * secret may be on a command line.
 */
export async function newSession(
  spec: NewSessionSpec,
  client: TmuxDeps,
): Promise<NewSessionOutcome> {
  const unfit = unfitToLaunch(spec);
  if (unfit !== null) return unfit;
  const child = spawnClient(spec, client);
  if ("state" in child) return child;
  const found = client.processes.identify(child.pid);
  spec.onClient?.(found === null || found === "unknown" ? { pid: child.pid } : found);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return outcomeOf(spec, client, { child, stdout, stderr: stderr.trim() });
}

function unfitToLaunch(spec: NewSessionSpec): Failure | null {
  if (spec.argv[0] === undefined || spec.argv[0] === "") return failed("refused", "empty argv");
  if ([spec.cwd, ...spec.argv].some((text) => text.includes("\0"))) {
    return failed("refused", "an argument holds a NUL");
  }
  // tmux would silently start in the home folder.
  return isFolder(spec.cwd) ? null : failed("refused", `no such folder: ${spec.cwd}`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Whatever the reason, nothing can be started there.
  }
}

function spawnClient(spec: NewSessionSpec, client: TmuxDeps) {
  const argv = spec.argv.length === 1 ? [...ALONE, ...spec.argv] : spec.argv;
  const command = ["new-session", "-d", "-P", "-F", FORMAT, "-s", spec.identity];
  const size = ["-x", "220", "-y", "50"];
  try {
    return Bun.spawn(
      [
        client.tmuxPath,
        "-u",
        "-f",
        spec.conf,
        "-S",
        spec.socket,
        ...command,
        ...size,
        "--",
        ...argv.map(tmuxArgument),
      ],
      {
        cwd: spec.cwd,
        env: { ...clientEnv(spec.env), PWD: spec.cwd },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: spec.timeoutMs,
        killSignal: "SIGKILL",
      },
    );
  } catch (error) {
    const code = codeOf(error);
    const reason = code === "ENOENT" || code === "EACCES" ? "not-found" : "refused";
    return failed(reason, `${client.tmuxPath}: ${code}`);
  }
}

interface Ran {
  readonly child: Pick<Bun.Subprocess, "exitCode" | "signalCode">;
  readonly stdout: string;
  readonly stderr: string;
}

async function outcomeOf(
  spec: NewSessionSpec,
  client: TmuxDeps,
  ran: Ran,
): Promise<NewSessionOutcome> {
  const [, serverPid, panePid, sessions] = /^(\d+) (\d+) (\.*)\n$/.exec(ran.stdout) ?? [];
  if (ran.child.exitCode !== 0 || serverPid === undefined || panePid === undefined) {
    if (ran.child.signalCode === "SIGKILL") {
      return failed("timeout", `tmux did not answer within ${spec.timeoutMs} ms`);
    }
    return failed("refused", ran.stderr || `tmux ended with ${ran.child.exitCode}`);
  }
  if (sessions !== ".") {
    await leaveForeign(spec, client);
    return failed("refused", `another tmux server already answers on ${spec.socket}`);
  }
  return { state: "up", serverPid: Number(serverPid), panePid: Number(panePid) };
}

/** Ends the session that was made in a server which is not ours, and nothing else of it. */
async function leaveForeign(spec: NewSessionSpec, client: TmuxDeps): Promise<void> {
  await client.exec.run({
    argv: [client.tmuxPath, "-S", spec.socket, "kill-session", "-t", `=${spec.identity}`],
    env: client.env,
    timeoutMs: spec.timeoutMs,
  });
}
