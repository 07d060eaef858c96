// What the process that we run in says of itself and its user, read once (ports/host.ts).

import { hostname, userInfo } from "node:os";

import { homeOf } from "../core/home.ts";
import { QUIET_BUN } from "../core/service-job.ts";
import type { HostFacts } from "../ports/host.ts";
import { MARK_NAME } from "./exec-mark.ts";

/** What sessions inherit: our environment, less what belongs to this process or another tmux. */
export function readHostFacts(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): HostFacts {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isDropped(entry[0]),
  );
  const home = homeOf(env, () => userInfo().homedir);
  return {
    env: { ...Object.fromEntries(kept), ...("HOME" in env ? { HOME: home } : {}) },
    home,
    hostname: hostname(),
    uid: process.getuid?.() ?? 0,
    platform: process.platform === "darwin" ? "darwin" : "linux",
    version,
    program: [process.execPath, Bun.main],
  };
}

const isDropped = (name: string): boolean => DROPPED.has(name) || OWN_SECRET.test(name);

/** Secrets that are handed to the core itself, and to nothing that it starts. */
const OWN_SECRET = /^IAPEER_(?:.*_)?(?:TOKEN|SECRET|PASSWORD|KEY)$/;

/** What speaks of this process, its tmux or its service manager, and not of a session's. */
const DROPPED: ReadonlySet<string> = new Set([
  "TMUX",
  "TMUX_PANE",
  MARK_NAME,
  "_",
  "OLDPWD",
  "PWD",
  "SHLVL",
  "NOTIFY_SOCKET",
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "SYSTEMD_EXEC_PID",
  "MANAGERPID",
  "XPC_SERVICE_NAME",
  "XPC_FLAGS",
  ...Object.keys(QUIET_BUN),
]);
