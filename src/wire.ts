// The composition root: the only place that knows which effect, runtime and manager stands
// behind which port. Loaded lazily by main.ts.

import { version } from "../package.json" with { type: "json" };

import type {
  App,
  DaemonRunOptions,
  DirectSupervisor,
  HeldEnd,
  HoldPeerOptions,
} from "./cli/app.ts";
import { createTerminal } from "./cli/terminal.ts";
import type { Config } from "./core/config.ts";
import type { IapeerError } from "./core/error.ts";
import { layout } from "./core/layout.ts";
import { err, ok, type Result } from "./core/result.ts";
import { createClient } from "./daemon/api/client.ts";
import type { PerformAlone } from "./daemon/one-verb.ts";
import { createClock } from "./effects/clock.ts";
import { onEndSignal } from "./cli/end-signals.ts";
import { createExec } from "./effects/exec.ts";
import { createFiles } from "./effects/files.ts";
import { isHangupIgnored } from "./effects/hangup.ts";
import { readHostFacts } from "./effects/host-facts.ts";
import { createIds } from "./effects/ids.ts";
import { createLease } from "./effects/lease.ts";
import { listenUnix } from "./effects/listen.ts";
import { createLock } from "./effects/lock.ts";
import { createLogBook } from "./effects/log-book.ts";
import { askedOnce, createProcesses } from "./effects/processes.ts";
import { createTmux } from "./effects/tmux.ts";
import { readConfig } from "./flows/storage/read-config.ts";
import { createServices, holderOf } from "./managers/choose.ts";
import { DEFAULT_LIMITS } from "./managers/deps.ts";
import type { DeathWatch } from "./ports/death-watch.ts";
import type { Host, HostFacts } from "./ports/host.ts";
import type { Services } from "./ports/services.ts";
import { createRuntimes } from "./runtimes/registry.ts";

export type { App } from "./cli/app.ts";
export { isHangupIgnored } from "./effects/hangup.ts";

export interface AppOptions {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Partial<Config>;
  /** An unusable configuration is told by the App, and not an error. */
  readonly isLenient?: boolean;
}

export function createApp(asked: AppOptions): Result<App, IapeerError> {
  const files = createFiles();
  // One root, one path: peers' folders in it are named as the programs in them see them.
  const options = { ...asked, root: files.realParent(asked.root) };
  const facts = readHostFacts(options.env, version);
  const configured = readConfig({ files, uid: facts.uid, ...options });
  if (!configured.ok) return configured;
  const { config, trouble } = configured.value;
  if (trouble !== null && asked.isLenient !== true) return err(trouble);
  const { host, services } = createHost({ config, facts, files });
  // The kernel's interfaces are opened by verbs that supervise, and by no others.
  const watch = async () => {
    const { createDeathWatch } = await import("./effects/death-watch/death-watch.ts");
    return () => createDeathWatch(config, host.clock, host.processes);
  };
  const terminal = createTerminal({ env: options.env, noColor: false, isHangupIgnored });
  return ok({
    config,
    configTrouble: trouble,
    host,
    services,
    client: createClient(host),
    direct: directSupervisor(host, watch, () => terminal.interrupted),
    holdPeer: (hold) => holdUntilEnd(host, watch, hold),
    runDaemon: (run) => runUntilAsked(host, watch, run),
  });
}

interface HostParts {
  readonly config: Config;
  readonly facts: HostFacts;
  readonly files: Host["files"];
}

function createHost({ config, facts, files }: HostParts): { host: Host; services: Services } {
  const clock = createClock();
  const processes = createProcesses();
  const exec = createExec(clock, processes);
  const paths = layout(config.root);
  const services = createServices({
    ...facts,
    files,
    exec,
    clock,
    processes,
    root: config.root,
    jobsDir: paths.jobsDir,
    record: paths.managerRecord,
    launchctl: config.launchctlPath,
    systemctl: config.systemctlPath,
    limits: DEFAULT_LIMITS,
  });
  const host: Host = {
    config,
    layout: paths,
    clock,
    files,
    exec,
    processes,
    lock: createLock(),
    log: createLogBook({ config, layout: paths, clock, files }),
    ids: createIds(),
    tmux: createTmux({ tmuxPath: config.tmuxPath, env: facts.env, clock, exec, processes }),
    runtimes: createRuntimes({ files, clock, home: facts.home, env: facts.env }),
    manager: holderOf(services),
    facts,
  };
  return { host, services };
}

/** Aborted by TERM and INT; a second one ends the process at once. */
function askedToEnd(): AbortController {
  const asked = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) onEndSignal(name, () => asked.abort());
  process.umask(0o077);
  return asked;
}

type Watching = () => Promise<() => DeathWatch>;

async function holdUntilEnd(
  host: Host,
  watching: Watching,
  hold: HoldPeerOptions,
): Promise<HeldEnd> {
  const createWatch = await watching();
  const { holdPeer } = await import("./daemon/held/hold-peer.ts");
  const { signal } = askedToEnd();
  const held = await holdPeer({ host, lease: createLease(), createWatch, signal, ...hold });
  if (!held.ok) throw held.error;
  return held.value;
}

async function runUntilAsked(
  host: Host,
  watching: Watching,
  run: DaemonRunOptions,
): Promise<number> {
  const { runDaemon } = await import("./daemon/run.ts");
  const { collectAfterLaunches } = await import("./effects/garbage.ts");
  const asked = askedToEnd();
  run.signal?.addEventListener("abort", () => asked.abort(), { once: true });
  const ended = await runDaemon({
    host: { ...host, tmux: collectAfterLaunches(host.tmux, host.clock) },
    lease: createLease(),
    createWatch: await watching(),
    listen: listenUnix,
    signal: asked.signal,
    ...(run.onReady === undefined ? {} : { onReady: run.onReady }),
  });
  if (!ended.ok) throw ended.error;
  return 0;
}

/** Loaded when it is needed: most verbs ask a daemon that has it in memory already. */
async function alone(host: Host, watching: Watching): Promise<PerformAlone> {
  const { createAlone } = await import("./daemon/one-verb.ts");
  return createAlone({ host, lease: createLease(), createWatch: await watching() });
}

function directSupervisor(
  host: Host,
  watching: Watching,
  interrupted: () => AbortSignal,
): DirectSupervisor {
  const look = async (scope: "all" | "states") => {
    const { lookOnce } = await import("./daemon/look.ts");
    return lookOnce({ ...host, processes: askedOnce(host.processes) }, scope);
  };
  const show = () => import("./daemon/show.ts");
  let perform: Promise<PerformAlone> | null = null;
  return {
    snapshot: async () => (await show()).snapshot(await look("states")),
    why: async (personality) =>
      (await import("./daemon/why.ts")).why(await look("all"), personality),
    verb: async (call) => {
      perform ??= alone({ ...host, by: "cli" }, watching);
      return (await perform)(call, interrupted());
    },
  };
}
