// The fake launchd's state on disk: settings that a test writes, the disabled store, and one
// folder a loaded job. Only a job's keeper writes its `status.json`; callers leave requests.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export interface Settings {
  readonly uid: number;
  readonly gui: "there" | "absent" | "unsupported";
  readonly user: "there" | "absent" | "unsupported";
  /** Verbs that never answer. */
  readonly hang: readonly string[];
  /** What `print` prints instead, with exit code 0. */
  readonly printsInstead?: string;
  /** How many more times bootstrap is refused, and with what. */
  readonly refuseBootstrap: { readonly times: number; readonly code: number };
  readonly refuseKickstart: { readonly times: number; readonly code: number };
  /** bootout answers 36 and goes on with it. */
  readonly bootoutInProgress: boolean;
  /** Of one second of ThrottleInterval and ExitTimeOut. */
  readonly secondMs: number;
  /** How long a job is xpcproxy. */
  readonly proxyMs: number;
  /** How long a label stays after its process has ended. */
  readonly cleanupMs: number;
  /** How many times it must be printed in that time before it goes. */
  readonly cleanupLooks: number;
}

export const DEFAULTS: Settings = {
  uid: 501,
  gui: "there",
  user: "there",
  hang: [],
  refuseBootstrap: { times: 0, code: 5 },
  refuseKickstart: { times: 0, code: 37 },
  bootoutInProgress: false,
  secondMs: 100,
  proxyMs: 20,
  cleanupMs: 20,
  cleanupLooks: 0,
};

export interface Status {
  readonly domain: string;
  readonly label: string;
  readonly path: string;
  readonly program: string;
  readonly state: string;
  readonly pid: number | null;
  readonly runs: number;
  readonly lastExitCode: string;
  readonly lastSignal: string | null;
  /** Of the keeper. */
  readonly keeper: number | null;
}

export type Request = "bootout" | "kickstart" | "kickstart -k";

export class State {
  constructor(readonly dir: string) {}

  settings(): Settings {
    return { ...DEFAULTS, ...(readJson(join(this.dir, "settings.json")) as Partial<Settings>) };
  }

  set(change: Partial<Settings>): void {
    writeJson(join(this.dir, "settings.json"), { ...this.settings(), ...change });
  }

  disabled(): Readonly<Record<string, boolean>> {
    return (readJson(join(this.dir, "disabled.json")) ?? {}) as Record<string, boolean>;
  }

  setDisabled(label: string, value: boolean): void {
    writeJson(join(this.dir, "disabled.json"), { ...this.disabled(), [label]: value });
  }

  jobDir(domain: string, label: string): string {
    return join(this.dir, "jobs", domain.replace("/", "_"), label);
  }

  isLoaded(domain: string, label: string): boolean {
    return existsSync(this.jobDir(domain, label));
  }

  status(domain: string, label: string): Status | null {
    return readJson(join(this.jobDir(domain, label), "status.json")) as Status | null;
  }

  writeStatus(status: Status): void {
    writeJson(join(this.jobDir(status.domain, status.label), "status.json"), status);
  }

  /** All loaded jobs. */
  jobs(): readonly Status[] {
    const root = join(this.dir, "jobs");
    if (!existsSync(root)) return [];
    return readdirSync(root).flatMap((domain) =>
      readdirSync(join(root, domain)).flatMap((label) => {
        const status = this.status(domain.replace("_", "/"), label);
        return status === null ? [] : [status];
      }),
    );
  }

  ask(domain: string, label: string, request: Request): void {
    writeJson(join(this.jobDir(domain, label), "request.json"), request);
  }

  /** The request that waits, taken. */
  take(domain: string, label: string): Request | null {
    const path = join(this.jobDir(domain, label), "request.json");
    const found = readJson(path) as Request | null;
    if (found !== null) rmSync(path);
    return found;
  }

  unload(domain: string, label: string): void {
    rmSync(this.jobDir(domain, label), { recursive: true, force: true });
  }

  /** It was printed while only its label was left. */
  looked(domain: string, label: string): void {
    appendFileSync(join(this.jobDir(domain, label), "looks"), ".");
  }

  looks(domain: string, label: string): number {
    const path = join(this.jobDir(domain, label), "looks");
    return existsSync(path) ? statSync(path).size : 0;
  }

  log(line: string): void {
    appendFileSync(join(this.dir, "calls.log"), `${line}\n`);
  }

  calls(): readonly string[] {
    const path = join(this.dir, "calls.log");
    return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  }
}

export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Not there, or about to be.
    return null;
  }
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(join(path, ".."), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(value));
  renameSync(temporary, path);
}
