// Bringing up one tmux server with its one session (lifecycle §7), by a tmux client alone, or by
// the canary, which keeps that client.

import { accessSync, constants, statSync, type Stats } from "node:fs";
import { resolve } from "node:path";

import type { ProcessRef } from "../core/process-ref.ts";
import { assert } from "../core/result.ts";
import { TMUX_NOT_RUN } from "../formats/canary-script.ts";
import { WINDOW_SIZE } from "../formats/tmux-conf.ts";
import { tmuxArgument } from "../formats/tmux-quote.ts";
import type { NewSessionOutcome, NewSessionSpec } from "../ports/tmux.ts";
import { childEnded, followChild } from "./children.ts";
import { lacksDescriptors, tooManyFiles } from "./descriptors.ts";
import { codeOf } from "./files-errors.ts";
import { hearAnswer } from "./launch-answer.ts";
import { clientEnv, type TmuxDeps } from "./tmux-client.ts";

/** One dot a session. */
const FORMAT = "#{pid} #{pane_pid} #{S:.}";
const ANSWER = /^(\d+) (\d+) (\.*)\n/m;
const NOT_RUN = new RegExp(`^${TMUX_NOT_RUN}$`, "m");
/** With one argument tmux would run a shell with it; sh only replaces itself by the program. */
const ALONE = ["/bin/sh", "-c", 'exec "$0"'];

/** What the client says goes where its launcher is listened to. */
const CLIENT = ["/bin/sh", "-c", 'exec "$0" "$@" >&3 2>&1 3>&-'];

/** How long a launcher that was given up may take to go. */
const END_WAIT_MS = 1000;
const LOOK_MS = 10;

type Failure = Extract<NewSessionOutcome, { state: "failed" }>;

const failed = (reason: Failure["reason"], detail: string): Failure => ({
  state: "failed",
  reason,
  detail,
});

const lacking = (
  lacks: Exclude<Failure["lacks"], "tmux" | undefined>,
  detail: string,
  searched?: string,
): Failure => ({
  ...failed("unfit", detail),
  lacks,
  ...(searched === undefined ? {} : { searched }),
});

/**
 * The client starts in the session's folder instead of naming it with `-c`, whose value tmux
 * would expand as a format; the environment is the client's own, since no secret may be on a
 * command line.
 */
export async function newSession(
  spec: NewSessionSpec,
  deps: TmuxDeps,
): Promise<NewSessionOutcome> {
  const unfit = unfitToLaunch(spec, deps.tmuxPath);
  if (unfit !== null) return unfit;
  const child = spawnLauncher(spec, deps.tmuxPath);
  if ("state" in child) return child;
  if (spec.onClient !== undefined) {
    const found = deps.processes.identify(child.pid);
    spec.onClient(found === null || found === "unknown" ? { pid: child.pid } : found);
  }
  let late = false;
  const lost = new AbortController();
  const cancel = deps.clock.after(spec.timeoutMs, () => {
    late = true;
    void endLauncher(child, spec, deps).finally(() => lost.abort());
  });
  const answer = await hearAnswer(listenAt(child), (said) => ANSWER.test(said), lost.signal);
  cancel();
  const [, serverPid, panePid, sessions] = ANSWER.exec(answer) ?? [];
  if (serverPid === undefined || panePid === undefined) {
    // One that goes on would bring up a server after its end is on record.
    if (!late) await endLauncher(child, spec, deps);
    return withoutAnswer(answer, late ? spec.timeoutMs : null);
  }
  child.unref();
  if (sessions !== ".") {
    child.kill("SIGTERM");
    await leaveForeign(spec, deps);
    return failed("refused", `another tmux server already answers on ${spec.socket}`);
  }
  // Once an end is told, the pid is anybody's.
  const isOver = child.exitCode !== null || child.signalCode !== null;
  return {
    state: "up",
    serverPid: Number(serverPid),
    panePid: Number(panePid),
    ...(spec.canaryScript === undefined || isOver ? {} : { canary: { pid: child.pid } }),
  };
}

function withoutAnswer(text: string, lateMs: number | null): Failure {
  const said = text.replace(NOT_RUN, "").trim();
  if (NOT_RUN.test(text)) return failed("unfit", said === "" ? "ended before tmux was run" : said);
  if (lateMs !== null) return failed("timeout", `tmux did not answer within ${lateMs} ms`);
  return failed("refused", said === "" ? "tmux ended without a word" : said);
}

function unfitToLaunch(spec: NewSessionSpec, tmuxPath: string): Failure | null {
  if (spec.argv[0] === undefined || spec.argv[0] === "") return failed("unfit", "empty argv");
  if ([spec.cwd, ...spec.argv].some((text) => text.includes("\0"))) {
    return failed("unfit", "an argument holds a NUL");
  }
  if (!isProgram(tmuxPath)) {
    return { ...failed("not-found", `${tmuxPath} is not there to be run`), lacks: "tmux" };
  }
  if (lacksDescriptors()) return lacking("descriptors", tooManyFiles());
  // tmux would silently start in the home folder.
  if (!isFolder(spec.cwd)) return lacking("folder", `no such folder: ${spec.cwd}`);
  return unfitProgram(spec);
}

/** tmux would start a session that ends at once, with exit code 1 and without a word. */
function unfitProgram({ argv, cwd, env }: NewSessionSpec): Failure | null {
  const [name = ""] = argv;
  const { PATH: path } = env;
  if (name.includes("/")) {
    const found = resolve(cwd, name);
    return isProgram(found) ? null : unfitFile(found);
  }
  // Without a PATH the system has one of its own.
  if (path === undefined) return null;
  const places = path.split(":").map((folder) => resolve(cwd, folder, name));
  if (places.some(isProgram)) return null;
  return lacking("program", `${name} is not in the PATH of the session`, path);
}

/** What is there all the same is told for what it is: to install it would not help. */
function unfitFile(path: string): Failure {
  const found = statsOf(path);
  if (found?.isDirectory() === true) return lacking("file", `${path} is a folder`);
  return found?.isFile() === true
    ? lacking("executable", `${path} is not executable`)
    : lacking("program", `${path} is not there to be run`);
}

const isFolder = (path: string): boolean => statsOf(path)?.isDirectory() === true;

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null; // Whatever the reason, nothing can be started there.
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Missing or not executable: the same to a launch.
  }
}

function spawnLauncher(spec: NewSessionSpec, tmuxPath: string) {
  const { canaryScript } = spec;
  const program =
    canaryScript === undefined ? [...CLIENT, tmuxPath] : ["/bin/sh", canaryScript];
  try {
    const child = Bun.spawn([...program, ...clientArguments(spec)], {
      cwd: spec.cwd,
      env: { ...clientEnv(spec.env), PWD: spec.cwd },
      stdio: ["ignore", "ignore", "ignore", "socket-fd"],
      detached: canaryScript !== undefined,
      onExit: childEnded,
    });
    followChild(child);
    return child;
  } catch (error) {
    // For want of processes or room, before there is one: tmux has not been asked.
    const code = codeOf(error);
    if (code === "EMFILE") return lacking("descriptors", tooManyFiles());
    return failed("unfit", `${program[0]}: ${code}`);
  }
}

function clientArguments(spec: NewSessionSpec): string[] {
  const argv = spec.argv.length === 1 ? [...ALONE, ...spec.argv] : spec.argv;
  const server = ["-u", "-f", spec.conf, "-S", spec.socket];
  const session = ["new-session", "-d", "-P", "-F", FORMAT, "-s", spec.identity];
  return [...server, ...session, ...WINDOW_SIZE, "--", ...argv.map(tmuxArgument)];
}

/**
 * The launcher and all that it started; of one that is gone, whoever has the mark of this launch.
 */
function familyOf(
  { pid }: { readonly pid: number },
  { mark }: NewSessionSpec,
  { processes }: TmuxDeps,
): readonly ProcessRef[] {
  const launcher = processes.identify(pid);
  if (launcher !== null && launcher !== "unknown") {
    return [launcher, ...processes.descendants(launcher)];
  }
  return mark === undefined ? [] : processes.carrying(mark);
}

/**
 * A canary takes its client along at TERM, unless that will not go, or the canary has been killed:
 * a client that went on would bring up a server of which nobody knows.
 */
async function endLauncher(
  child: { readonly pid: number; kill(signal: "SIGTERM" | "SIGKILL"): void },
  spec: NewSessionSpec,
  deps: TmuxDeps,
): Promise<void> {
  const { clock, processes } = deps;
  const family = familyOf(child, spec, deps);
  const isOrphaned = family.length > 0 && family[0]?.pid !== child.pid;
  child.kill(spec.canaryScript === undefined ? "SIGKILL" : "SIGTERM");
  if (isOrphaned) for (const one of family) processes.signal(one, "TERM");
  const until = clock.mono() + END_WAIT_MS;
  const isLeft = () => family.some((one) => processes.liveness(one) !== "dead");
  while (isLeft() && clock.mono() < until) await clock.sleep(LOOK_MS);
  for (const one of family) processes.signal(one, "KILL");
  child.kill("SIGKILL");
}

/** Where a launcher's client is heard; none is a bug of bun's. */
function listenAt({ stdio }: Bun.Subprocess): number {
  const [, , , fd] = stdio;
  assert(typeof fd === "number", "a launcher without a socket");
  return fd;
}

/** Ends the session that was made in a server which is not ours, and nothing else of it. */
async function leaveForeign(spec: NewSessionSpec, deps: TmuxDeps): Promise<void> {
  await deps.exec.run({
    argv: [deps.tmuxPath, "-S", spec.socket, "kill-session", "-t", `=${spec.identity}`],
    env: deps.env,
    timeoutMs: spec.timeoutMs,
  });
}
