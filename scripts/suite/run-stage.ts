// Runs one stage: a child in a process group of its own, in a folder of its own, for a bounded
// time; then looks at what it left behind.

import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { endLeftovers, findSockets, settle } from "./leftovers.ts";
import { createStagePlace, type StagePlace } from "./stage-place.ts";
import type { Stage } from "./stages.ts";
import { tallyScript, tallyTests, type Ran, type Tally } from "./tally.ts";

export interface StageResult extends Tally {
  readonly name: string;
  readonly ms: number;
  readonly output: string;
}

export interface RunOptions {
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the stage, over the rest. */
  readonly extra: Record<string, string>;
  readonly signal: AbortSignal;
}

/** bun's own is 5 s, which a machine that runs two stages at once can miss. */
const TEST_BOUND_MS = 20_000;
/** Of tests that may run side by side: more than cores, since many of them wait. */
const TESTS_AT_ONCE = 6;
const TERM_GRACE_MS = 2000;
const LEAVING_MS = 1500;

export async function runStage(stage: Stage, options: RunOptions): Promise<StageResult> {
  const place = createStagePlace(options.env, options.extra);
  const begun = performance.now();
  try {
    const argv = argvOf(stage, place, options.project);
    if (argv === null) return nothingToRun(stage);
    const { ran, troubles } = await runBounded({ stage, argv, place, options });
    const tally = "script" in stage.runs ? tallyScript(ran) : tallyTests(ran);
    const left = await lookBehind(place);
    const ms = performance.now() - begun;
    return { name: stage.name, ms, output: ran.output, ...withTroubles(tally, troubles, left) };
  } finally {
    place.remove();
  }
}

function argvOf(stage: Stage, place: StagePlace, project: string): string[] | null {
  if ("script" in stage.runs) return [process.execPath, "run", "--silent", stage.runs.script];
  const paths = stage.runs.tests.filter((path) => existsSync(join(project, path)));
  if (paths.length === 0) return null;
  const report = ["--reporter=junit", `--reporter-outfile=${place.junit}`, "--only-failures"];
  const filters = paths.map((path) => (path.endsWith(".ts") ? `./${path}` : `./${path}/`));
  const bounds = [`--timeout=${TEST_BOUND_MS}`, `--max-concurrency=${TESTS_AT_ONCE}`];
  return [process.execPath, "test", ...bounds, ...report, ...filters];
}

const nothingToRun = ({ name }: Stage): StageResult => ({
  name,
  ms: 0,
  output: "",
  passed: 0,
  failed: 1,
  skipped: 0,
  reasons: [],
  troubles: ["there are no tests"],
});

interface Bounded {
  readonly stage: Stage;
  readonly argv: string[];
  readonly place: StagePlace;
  readonly options: RunOptions;
}

async function runBounded(bounded: Bounded): Promise<{ ran: Ran; troubles: string[] }> {
  const { stage, argv, place, options } = bounded;
  const path = join(place.folder, "output");
  const file = openSync(path, "a", 0o600);
  const stdio: ["ignore", number, number] = ["ignore", file, file];
  const cwd = options.project;
  const child = Bun.spawn(argv, { cwd, env: place.env, stdio, detached: true });
  closeSync(file);
  const troubles: string[] = [];
  const end = (why: string) => {
    troubles.push(why);
    signalGroup(child.pid, "SIGTERM");
    setTimeout(() => signalGroup(child.pid, "SIGKILL"), TERM_GRACE_MS).unref();
  };
  const interrupt = () => end("interrupted");
  const timer = setTimeout(
    () => end(`took longer than ${stage.boundMs / 1000} s and was ended`),
    stage.boundMs,
  );
  options.signal.addEventListener("abort", interrupt, { once: true });
  await child.exited;
  clearTimeout(timer);
  options.signal.removeEventListener("abort", interrupt);
  const junit = existsSync(place.junit) ? readFileSync(place.junit, "utf8") : null;
  const output = readFileSync(path, "utf8");
  const { exitCode, signalCode } = child;
  const signal = signalCode === null ? null : String(signalCode);
  return { ran: { exitCode, signal, output, junit }, troubles };
}

/** The group's number stays taken while any process is in it, so it cannot mean another's. */
function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Tmux servers, processes and sockets that outlived the stage; ends those that are its own. */
async function lookBehind(place: StagePlace): Promise<string[]> {
  const processes = await settle(place.folder, LEAVING_MS);
  const sockets = findSockets(place.folder);
  const surviving = new Set((await endLeftovers(processes)).map(({ pid }) => pid));
  const fate = (pid: number, tie: string): string => {
    if (surviving.has(pid)) return "could not be ended";
    return tie === "argv" ? "left alone: only its arguments name the folder" : "ended";
  };
  return [
    ...processes.map(({ pid, tie, argv }) => `process ${pid} (${fate(pid, tie)}): ${argv}`),
    ...sockets.map((path) => `socket ${path}`),
    ...place.trespasses(),
  ].map((what) => `left behind: ${what}`);
}

function withTroubles(tally: Tally, ended: readonly string[], left: readonly string[]): Tally {
  const troubles = [...ended, ...tally.troubles, ...left];
  const failed = tally.failed + (tally.failed === 0 && troubles.length > 0 ? 1 : 0);
  return { ...tally, failed, troubles };
}
