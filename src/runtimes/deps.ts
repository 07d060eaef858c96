// What an adapter may touch: small files, the time, and what it was told about the host.

import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";

export interface RuntimeDeps {
  readonly files: Files;
  readonly clock: Clock;
  /** Of the user that sessions run as; a peer's `launch.env` may name another. */
  readonly home: string;
  /** What sessions inherit. */
  readonly env: Readonly<Record<string, string>>;
}

/** A variable as a session will see it: its own `launch.env` over what it inherits. */
export function sessionVariable(
  deps: RuntimeDeps,
  launchEnv: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  const value = launchEnv[name] ?? deps.env[name];
  return value === "" ? undefined : value;
}

export const sessionHome = (
  deps: RuntimeDeps,
  launchEnv: Readonly<Record<string, string>>,
): string => launchEnv["HOME"] ?? deps.home;

/** A program resolves a relative path against the folder that it was started in. */
export const absoluteFrom = (cwd: string, path: string): string =>
  path.startsWith("/") ? path : `${cwd}/${path}`;
