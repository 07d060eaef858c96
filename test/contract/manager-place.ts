// Places for the service managers under test: a home and a root of their own, and short waits.

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManagerName } from "../../src/core/service.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createFiles } from "../../src/effects/files.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { createAll } from "../../src/managers/choose.ts";
import type { ManagerDeps, ManagerLimits } from "../../src/managers/deps.ts";
import type { Files } from "../../src/ports/files.ts";
import type { ServiceManager } from "../../src/ports/service-manager.ts";

export const SHORT: ManagerLimits = {
  callMs: 5000,
  exitMs: 1000,
  drainExtraMs: 3000,
  busyMs: 10_000,
  pauseMs: 20,
  proofMs: 3000,
  lostMs: 300,
  stableMs: 100,
};

/** What XML, systemd and shells treat specially, in every path of a place. */
export const HOSTILE_NAME = `iap &<'"$H\\ü %h;#-`;

export interface DepsSpec {
  readonly home: string;
  readonly root: string;
  readonly launchctl?: string;
  /** The uid whose agents these are; the files' owner counts as that user. */
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<ManagerLimits>;
}

export function managerDeps(spec: DepsSpec): ManagerDeps {
  const clock = createClock();
  const processes = createProcesses();
  const own = process.getuid?.() ?? 0;
  const uid = spec.uid ?? own;
  const exec = createExec(clock, processes);
  const { env = {} } = spec;
  return {
    files: ownedBy(createFiles(), own, uid),
    // The managers' programs are found as this process finds them, in the place's environment.
    exec: { ...exec, run: (run) => exec.run({ ...run, env: { ...inherited(), ...env } }) },
    clock,
    processes,
    root: spec.root,
    jobsDir: join(spec.root, "state/iapeer/jobs"),
    home: spec.home,
    uid,
    env,
    launchctl: spec.launchctl ?? join(spec.home, "no-launchctl"),
    systemctl: "systemctl",
    limits: { ...SHORT, ...spec.limits },
  };
}

const inherited = (): Record<string, string> => ({ PATH: process.env["PATH"] ?? "/usr/bin:/bin" });

/** Tests may run as root, which has no agents: its files count as the other user's. */
function ownedBy(files: Files, own: number, uid: number): Files {
  return {
    ...files,
    stat: (path) => {
      const found = files.stat(path);
      return found.state === "ok" && found.uid === own ? { ...found, uid } : found;
    },
    readOwned: (path, owner, most) => files.readOwned(path, owner === uid ? own : owner, most),
  };
}

export interface Managed {
  readonly dir: string;
  readonly manager: ServiceManager;
  readonly other: ServiceManager;
  remove(): void;
}

/** One manager of one home, for a root and for another one. */
export function managerPlace(
  name: ManagerName,
  spec: Omit<DepsSpec, "home" | "root"> & { readonly dir?: string },
): Managed {
  const dir = spec.dir ?? realpathSync(mkdtempSync(join(tmpdir(), HOSTILE_NAME)));
  const home = join(dir, "home");
  mkdirSync(home, { recursive: true });
  const of = (root: string) => {
    const deps = managerDeps({ ...spec, home, root: join(dir, root) });
    return createAll({ ...deps, platform: name === "launchd" ? "darwin" : "linux" })[name];
  };
  return {
    dir,
    manager: of("root"),
    other: of("other"),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
