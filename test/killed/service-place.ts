// A root, a home and a service manager for one that is killed: the daemon is a script that takes a
// lease, as the real one does, and says its pid. Another process can open the same place.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ManagerName } from "../../src/core/service.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { createServices, holderOf } from "../../src/managers/choose.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { must, openHost } from "../flows/root-host.ts";
import type { Killer } from "./killer.ts";

export interface PlaceSpec {
  readonly manager: ManagerName;
  readonly dir: string;
  readonly launchctl?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Two at once would each refuse the other; the lease must not outlive one in a child of it. */
const DAEMON = `here=$(dirname "$0")
exec 9> "$here/lease"
flock -n 9 || exit 1
: > "$here/pids/$$"
echo $$ > "$here/new" && mv "$here/new" "$here/up" 9>&-
exec sleep 1000000
`;

const UID = 501;

export class ServicePlace {
  readonly home: string;
  readonly #root: string;
  readonly #daemon: string;

  constructor(private readonly spec: PlaceSpec) {
    this.home = join(spec.dir, "home");
    this.#root = join(spec.dir, "root");
    this.#daemon = join(spec.dir, "daemon.sh");
    if (existsSync(this.#daemon)) return;
    mkdirSync(join(spec.dir, "pids"));
    mkdirSync(this.home, { recursive: true });
    must(prepareRoot(openHost(this.#root)));
    writeFileSync(this.#daemon, DAEMON);
  }

  context(killer: Killer | null = null): ServiceContext {
    const { manager: name, launchctl = "/nowhere/launchctl", env = {} } = this.spec;
    const isMac = name === "launchd";
    const uid = isMac ? UID : (process.getuid?.() ?? 0);
    const waits = { exitMs: 5000, drainExtraMs: 5000, lostMs: 1500 };
    const limits = { stableMs: 40, proofMs: 8000, ...waits };
    const place = { home: this.home, root: this.#root, launchctl, uid, env, limits };
    const whole = managerDeps(place);
    const asks = ([program = "", ...words]: readonly string[]) =>
      program === launchctl ? words[0]?.startsWith("print") === true : words[1] === "show";
    const deps =
      killer === null
        ? whole
        : { ...whole, files: killer.files(whole.files), exec: killer.exec(whole.exec, asks) };
    const platform = isMac ? "darwin" : "linux";
    const base = openHost(this.#root);
    const record = base.layout.managerRecord;
    const services = createServices({ ...deps, platform, record });
    const program = ["/bin/sh", this.#daemon];
    const facts = { ...base.facts, home: this.home, uid, platform, program } as const;
    const { files, exec, processes } = deps;
    const host = { ...base, files, exec, processes, facts, manager: holderOf(services) };
    return { host, services, daemon: this.#client(host.processes) };
  }

  #client(processes: ServiceContext["host"]["processes"]): ServiceContext["daemon"] {
    const pid = (): number => {
      const path = join(this.spec.dir, "up");
      const said = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
      return this.daemons().includes(said) ? said : 0;
    };
    const schema = "iapeer.daemon.v1";
    return {
      status: () =>
        Promise.resolve(
          pid() === 0
            ? { schema, state: "not-running" }
            : { schema, state: "running", pid: pid() },
        ),
      stop: () => {
        const found = processes.identify(pid());
        if (found !== null && found !== "unknown") processes.signal(found, "TERM");
        return Promise.resolve({ state: "answered" });
      },
    };
  }

  /** Pids of every daemon that runs. */
  daemons(): readonly number[] {
    return readdirSync(join(this.spec.dir, "pids")).map(Number).filter(runs);
  }

  /** Ends what a failed test has left. */
  close(): void {
    for (const pid of this.daemons()) process.kill(pid, "SIGKILL");
    rmSync(this.spec.dir, { recursive: true, force: true });
  }

  /** Every file in the user's own folders, and what is kept of who holds the root. */
  files(): readonly string[] {
    const { layout } = openHost(this.#root);
    const below = (dir: string) =>
      readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));
    const record = existsSync(layout.managerRecord) ? [layout.managerRecord] : [];
    // Half a file in the root is `verify --fix`'s to find.
    const jobs = below(layout.jobsDir).filter((path) => !path.endsWith(".tmp"));
    return [...below(this.home), ...jobs, ...record];
  }
}

/** A zombie does not run. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false; // There is no such process.
  }
}
