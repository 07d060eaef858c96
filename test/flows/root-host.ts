// A host over the real effects in a temporary root. tmux and the service manager are stubs:
// what is shown here is storage, and no session is started.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { layout } from "../../src/core/layout.ts";
import type { LogEvent } from "../../src/core/log-event.ts";
import type { RuntimeName } from "../../src/core/names.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createFiles } from "../../src/effects/files.ts";
import { createIds } from "../../src/effects/ids.ts";
import { createLock } from "../../src/effects/lock.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Runtime } from "../../src/ports/runtime.ts";
import type { SocketProbe, Tmux } from "../../src/ports/tmux.ts";
import { createCommand } from "../../src/runtimes/command/adapter.ts";
import { agentRuntime } from "../fakes/runtime.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";

export const BYPASS = "agents run without asking";

export interface RootHost extends Host {
  readonly logged: LogEvent[];
  /** What a probe of a socket answers; by default there is none. */
  readonly probes: Map<string, SocketProbe>;
}

/** Opens the root as another process would: nothing is kept but what is on disk. */
export function openHost(root: string): RootHost {
  const logged: LogEvent[] = [];
  const probes = new Map<string, SocketProbe>();
  const clock = createClock();
  const processes = createProcesses();
  const runtimes = [agent("claude"), agent("codex"), createCommand()];
  return {
    config: defaultConfig(root),
    layout: layout(root),
    clock,
    files: createFiles(),
    exec: createExec(clock, processes),
    processes,
    lock: createLock(),
    log: {
      write: (_log, event) => {
        logged.push(event);
      },
      trouble: () => null,
    },
    ids: createIds(),
    tmux: {
      ...absent<Tmux>("tmux"),
      version: () => Promise.resolve({ state: "ok", version: "3.4" }),
      probe: (socket) => probes.get(socket) ?? "missing",
      query: () => Promise.resolve({ state: "no-server" }),
    },
    runtimes: new Map(runtimes.map((runtime) => [runtime.name, runtime])),
    manager: new FakeServiceManager(),
    facts: {
      env: {},
      home: root,
      hostname: "here",
      uid: process.getuid?.() ?? 0,
      platform: process.platform === "darwin" ? "darwin" : "linux",
      version: "0",
      program: ["/usr/bin/bun", "/opt/iapeer/main.ts"],
    },
    logged,
    probes,
  };
}

function agent(name: string): Runtime {
  const runtime = agentRuntime(new Map());
  const traits = { ...runtime.traits, bypassWarning: BYPASS };
  return { ...runtime, name: name as RuntimeName, traits };
}

/** A port that these tests never use; whoever does finds out at once. */
const absent = <T extends object>(port: string): T =>
  new Proxy({} as T, {
    ownKeys: () => [],
    get: () => {
      throw new Error(`the ${port} port is not there`);
    },
  });

export interface Scratch extends Disposable {
  /** A folder of its own, removed with everything in it. */
  readonly dir: string;
  /** `IAPEER_ROOT` inside it; not made yet. */
  readonly root: string;
}

export function scratch(): Scratch {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-flows-")));
  return {
    dir,
    root: join(dir, "root"),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A scratch folder with a prepared root. */
export function preparedPlace() {
  const made = scratch();
  const host = openHost(made.root);
  must(prepareRoot(host));
  return { host, dir: made.dir, [Symbol.dispose]: () => made[Symbol.dispose]() };
}

/** The value, or a failed test that says what came instead. */
export function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value;
  throw result.error instanceof Error ? result.error : new Error(String(result.error));
}

/** The error's code; fails when there is none. */
export function codeOf(result: { ok: boolean; error?: { code: string } }): string {
  return result.error?.code ?? "no error";
}
