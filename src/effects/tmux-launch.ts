// Bringing up one tmux server with its one session (lifecycle §7), by a tmux client alone, or by
// the canary, which keeps that client.

import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";

import { tmuxArgument } from "../formats/tmux-quote.ts";
import type { Clock } from "../ports/clock.ts";
import type { NewSessionOutcome, NewSessionSpec } from "../ports/tmux.ts";
import { codeOf } from "./files-errors.ts";
import { clientEnv, type TmuxDeps } from "./tmux-client.ts";

/** One dot a session. */
const FORMAT = "#{pid} #{pane_pid} #{S:.}";
const ANSWER = /^(\d+) (\d+) (\.*)\n/m;
/** Complaints that are read, at most, before an answer. */
const SAID_MAX = 64 * 1024;

/** With one argument tmux would run a shell with it; sh only replaces itself by the program. */
const ALONE = ["/bin/sh", "-c", 'exec "$0"'];

/** How long a launcher that was given up may take to go, and the rest of its words to come. */
const END_WAIT_MS = 1000;
const LOOK_MS = 10;

type Failure = Extract<NewSessionOutcome, { state: "failed" }>;

const failed = (reason: Failure["reason"], detail: string): Failure => ({
  state: "failed",
  reason,
  detail,
});

const lacking = (
  lacks: "program" | "folder",
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
  const answer = await answerOf(child.stdout, lost.signal);
  cancel();
  const [, serverPid, panePid, sessions] = ANSWER.exec(answer) ?? [];
  if (serverPid === undefined || panePid === undefined) {
    if (late) return failed("timeout", `tmux did not answer within ${spec.timeoutMs} ms`);
    const said = (answer + (await wordsOf(child.stderr, deps.clock))).trim();
    return failed("refused", said === "" ? "tmux ended without a word" : said);
  }
  child.unref();
  // What waits in it goes on for as long as the session: nobody reads its complaints.
  await child.stderr?.cancel();
  if (sessions !== ".") {
    child.kill("SIGTERM");
    await leaveForeign(spec, deps);
    return failed("refused", `another tmux server already answers on ${spec.socket}`);
  }
  return {
    state: "up",
    serverPid: Number(serverPid),
    panePid: Number(panePid),
    ...(spec.canaryScript === undefined ? {} : { canary: { pid: child.pid } }),
  };
}

function unfitToLaunch(spec: NewSessionSpec, tmuxPath: string): Failure | null {
  if (spec.argv[0] === undefined || spec.argv[0] === "") return failed("unfit", "empty argv");
  if ([spec.cwd, ...spec.argv].some((text) => text.includes("\0"))) {
    return failed("unfit", "an argument holds a NUL");
  }
  if (!isProgram(tmuxPath)) {
    return { ...failed("not-found", `${tmuxPath} is not there to be run`), lacks: "tmux" };
  }
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
    return isProgram(found) ? null : lacking("program", `${found} is not there to be run`);
  }
  // Without a PATH the system has one of its own.
  if (path === undefined) return null;
  const places = path.split(":").map((folder) => resolve(cwd, folder, name));
  if (places.some(isProgram)) return null;
  return lacking("program", `${name} is not in the PATH of the session`, path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Whatever the reason, nothing can be started there.
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
  const program = canaryScript === undefined ? [tmuxPath] : ["/bin/sh", canaryScript];
  try {
    return Bun.spawn([...program, ...clientArguments(spec)], {
      cwd: spec.cwd,
      env: { ...clientEnv(spec.env), PWD: spec.cwd },
      // A canary's client says everything on one pipe: two cost a launch a tenth of a millisecond.
      stdio: ["ignore", "pipe", canaryScript === undefined ? "pipe" : "ignore"],
      detached: canaryScript !== undefined,
    });
  } catch (error) {
    return failed("refused", `${program[0]}: ${codeOf(error)}`);
  }
}

function clientArguments(spec: NewSessionSpec): string[] {
  const argv = spec.argv.length === 1 ? [...ALONE, ...spec.argv] : spec.argv;
  const server = ["-u", "-f", spec.conf, "-S", spec.socket];
  const session = ["new-session", "-d", "-P", "-F", FORMAT, "-s", spec.identity];
  return [...server, ...session, "-x", "220", "-y", "50", "--", ...argv.map(tmuxArgument)];
}

/** A canary takes its client along at TERM, unless that will not go. */
async function endLauncher(
  child: { readonly pid: number; kill(signal: "SIGTERM" | "SIGKILL"): void },
  spec: NewSessionSpec,
  { clock, processes }: TmuxDeps,
): Promise<void> {
  const launcher = processes.identify(child.pid);
  const known = launcher !== null && launcher !== "unknown";
  const family = known ? processes.descendants(launcher) : [];
  child.kill(spec.canaryScript === undefined ? "SIGKILL" : "SIGTERM");
  const until = clock.mono() + END_WAIT_MS;
  const isLeft = () =>
    [...(known ? [launcher] : []), ...family].some((one) => processes.liveness(one) !== "dead");
  while (isLeft() && clock.mono() < until) await clock.sleep(LOOK_MS);
  for (const one of family) processes.signal(one, "KILL");
  child.kill("SIGKILL");
}

/** Somebody may still hold the other end of a launcher that has ended. */
async function wordsOf(
  stream: ReadableStream<Uint8Array> | undefined,
  clock: Clock,
): Promise<string> {
  if (stream === undefined) return "";
  const over = new AbortController();
  const words = await Promise.race([
    stream.text(),
    clock.sleep(END_WAIT_MS, over.signal).then(() => ""),
  ]);
  over.abort();
  return words;
}

/**
 * Up to the answer, which complaints of a loader may come before, to the end, or until it is
 * given up. Nothing more is read: a canary writes nothing more.
 */
async function answerOf(
  stream: ReadableStream<Uint8Array>,
  lost: AbortSignal,
): Promise<string> {
  const reader = stream.getReader();
  const giveUp = () => void reader.cancel();
  lost.addEventListener("abort", giveUp, { once: true });
  const decoder = new TextDecoder();
  let text = "";
  while (!ANSWER.test(text) && text.length < SAID_MAX) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  lost.removeEventListener("abort", giveUp);
  await reader.cancel();
  return text;
}

/** Ends the session that was made in a server which is not ours, and nothing else of it. */
async function leaveForeign(spec: NewSessionSpec, deps: TmuxDeps): Promise<void> {
  await deps.exec.run({
    argv: [deps.tmuxPath, "-S", spec.socket, "kill-session", "-t", `=${spec.identity}`],
    env: deps.env,
    timeoutMs: spec.timeoutMs,
  });
}
