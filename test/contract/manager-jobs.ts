// Jobs for the service managers under test: a script that says its pid once it is up.

import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobId, ServiceJob } from "../../src/core/service.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";

export interface ManagerPlace {
  readonly manager: ServiceManager;
  /** The same manager for another root of the same user. */
  readonly other: ServiceManager;
  /** A folder of the test's own; the root is `<dir>/root`. */
  readonly dir: string;
  close(): Promise<void>;
}

export const HOSTILE = `a b"c'd\\e%f%%g$HOME\${x};h&i<j>k|l*m?n~o#p ü✓🦜 \\ %n`;

export const DUMP = `
printf '%s' "$1" > "$2/argv"
printf '%s' "$HOSTILE" > "$2/env"
pwd > "$2/cwd"
`;

export type Show = (name: string, work: () => Promise<void>) => void;
export type Here = () => ManagerPlace;

/** A job that says its pid once it is up, after `text`. */
export function jobOf({ dir }: ManagerPlace, id: JobId, text = ""): ServiceJob {
  const up = upFile(dir, id);
  rmSync(up, { force: true });
  const script = `${up}.sh`;
  const said = 'printf $$ > "$3.new" && mv "$3.new" "$3"';
  writeFileSync(script, `${text}\n${said}\nexec sleep 1000000\n`);
  return {
    id,
    root: join(dir, "root"),
    description: "a job of a test",
    argv: [shellIn(dir), script, HOSTILE, dir, up],
    env: { HOSTILE, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    cwd: dir,
    stdout: join(dir, "root/logs/out.log"),
    stderr: join(dir, "root/logs/out.log"),
    restart: "on-failure",
    build: "1",
    throttleSecs: 1,
    exitTimeoutSecs: 2,
  };
}

/** The program's own path is as hostile as the folder. */
function shellIn(dir: string): string {
  const program = join(dir, "sh");
  if (!existsSync(program)) symlinkSync("/bin/sh", program);
  return program;
}

export const upFile = (dir: string, id: JobId): string =>
  join(dir, id.kind === "daemon" ? "up-daemon" : `up-${id.personality}`);

export const answers =
  ({ dir }: ManagerPlace, id: JobId): Proof =>
  () => {
    const path = upFile(dir, id);
    if (!existsSync(path)) return Promise.resolve({ state: "silent", detail: "not up yet" });
    return Promise.resolve({ state: "answers", pid: Number(readFileSync(path, "utf8")) });
  };

/** A zombie does not run. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false; // There is no such process.
  }
}

export const pidOf = (answer: { state: string } & { job?: { pid: number | null } }): number =>
  answer.job?.pid ?? 0;
