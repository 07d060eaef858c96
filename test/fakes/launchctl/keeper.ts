// Keeps one loaded job of the fake launchd, as launchd itself would: runs it, waits for it, runs
// it again as KeepAlive says, and ends it when it is booted out.
// `keeper.ts <state folder> <domain> <label>`.

import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { JobPlist } from "./read-plist.ts";
import { readJson, State, type Status } from "./state.ts";

const [dir = "", domain = "", label = ""] = process.argv.slice(2);
const state = new State(dir);
/** Read once: a file that changes later means nothing (rules.ts, plistReadOnce). */
const plist = readJson(join(state.jobDir(domain, label), "plist.json")) as JobPlist;
const { secondMs, proxyMs, cleanupMs } = state.settings();
const POLL_MS = 10;
const LOOKS_MAX_MS = 60_000;

type Child = Bun.Subprocess<"ignore">;

let status = state.status(domain, label) as Status;
let launchedAt = Number.NEGATIVE_INFINITY;

function put(change: Partial<Status>): void {
  status = { ...status, ...change, keeper: process.pid };
  state.writeStatus(status);
}

async function keep(): Promise<void> {
  put({});
  let wanted = plist.RunAtLoad === true || plist.KeepAlive === true;
  for (;;) {
    if (wanted) await throttled();
    else put({ state: "not running", pid: null });
    const request = wanted ? state.take(domain, label) : await nextRequest();
    if (request === "bootout") return gone();
    const outcome = await run();
    if (outcome === "bootout") return gone();
    wanted = outcome === "again" || isKept(outcome);
    if (outcome === "again") launchedAt = Number.NEGATIVE_INFINITY;
  }
}

/** Waits for the throttle, unless it is asked for something. */
async function throttled(): Promise<void> {
  const until = launchedAt + (plist.ThrottleInterval ?? 10) * secondMs;
  if (performance.now() >= until) return;
  put({ state: "spawn scheduled", pid: null });
  while (performance.now() < until) {
    const path = join(state.jobDir(domain, label), "request.json");
    if (readJson(path) !== null) return;
    await Bun.sleep(POLL_MS);
  }
}

async function nextRequest() {
  for (;;) {
    const request = state.take(domain, label);
    if (request !== null) return request;
    await Bun.sleep(POLL_MS);
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs it to its end: `bootout` and `again` when that was asked for. */
async function run(): Promise<Ended | "bootout" | "again"> {
  launchedAt = performance.now();
  const child = spawn();
  if (child === null) {
    put({ runs: status.runs + 1, pid: null, lastExitCode: "78: EX_CONFIG", lastSignal: null });
    return { code: 78, signal: null };
  }
  put({ state: "xpcproxy", pid: child.pid, runs: status.runs + 1 });
  const running = setTimeout(() => put({ state: "running" }), proxyMs);
  let asked: "bootout" | "again" | null = null;
  while (child.exitCode === null && child.signalCode === null) {
    const request = state.take(domain, label);
    if (request === "bootout" || request === "kickstart -k") {
      asked = request === "bootout" ? "bootout" : "again";
      clearTimeout(running);
      await end(child);
    }
    await Promise.race([child.exited, Bun.sleep(POLL_MS)]);
  }
  clearTimeout(running);
  return asked ?? ended(child);
}

function ended(child: Child): Ended {
  const { exitCode: code } = child;
  const signal = child.signalCode === null ? null : String(child.signalCode);
  put({
    pid: null,
    lastExitCode: String(code ?? 0),
    lastSignal: signal === null ? null : (SIGNALS[signal] ?? signal),
  });
  if (plist.AbandonProcessGroup !== true) signalGroup(child.pid);
  return { code, signal };
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: "Killed: 9",
  SIGTERM: "Terminated: 15",
  SIGSEGV: "Segmentation fault: 11",
};

/** TERM, and KILL after ExitTimeOut. */
async function end(child: Child): Promise<void> {
  put({ state: "SIGTERMed" });
  child.kill("SIGTERM");
  const until = performance.now() + (plist.ExitTimeOut ?? 5) * secondMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
    await Promise.race([child.exited, Bun.sleep(POLL_MS)]);
  }
  if (child.exitCode === null && child.signalCode === null) {
    put({ state: "SIGKILLed" });
    child.kill("SIGKILL");
  }
  await child.exited;
  ended(child);
}

async function gone(): Promise<void> {
  put({ state: "exited", pid: null });
  await Bun.sleep(cleanupMs);
  const until = performance.now() + LOOKS_MAX_MS;
  const isAwaited = () => state.looks(domain, label) < state.settings().cleanupLooks;
  while (isAwaited() && performance.now() < until) {
    await Bun.sleep(POLL_MS);
  }
  state.unload(domain, label);
}

/** Conditions are ORed. */
function isKept({ code, signal }: Ended): boolean {
  const { KeepAlive: keep = false } = plist;
  if (typeof keep === "boolean") return keep;
  const success = code === 0 && signal === null;
  const crashed = signal !== null;
  const holds = (key: string, fact: boolean) => keep[key] !== undefined && keep[key] === fact;
  return holds("SuccessfulExit", success) || holds("Crashed", crashed);
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    return; // Nobody is left in it.
  }
}

/** Null: its outputs cannot be opened. */
function spawn(): Child | null {
  const { ProgramArguments: argv, StandardOutPath: out, StandardErrorPath: err } = plist;
  const files = openOutputs(out ?? "/dev/null", err ?? "/dev/null");
  if (files === null) return null;
  const env = {
    PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: process.env["HOME"] ?? "/",
    XPC_SERVICE_NAME: label,
    ...plist.EnvironmentVariables,
  };
  try {
    return Bun.spawn([...argv], {
      cwd: plist.WorkingDirectory ?? "/",
      env,
      stdio: ["ignore", ...files],
      detached: true,
    });
  } catch {
    return null;
  } finally {
    for (const fd of files) closeSync(fd);
  }
}

function openOutputs(out: string, err: string): [number, number] | null {
  try {
    return [openSync(out, "a"), openSync(err, "a")];
  } catch {
    return null; // Exit code 78 (rules.ts, unopenedOutput).
  }
}

await keep();
