// The steps of loading and unloading, each waited for: bootout may return while the job drains,
// and bootstrap refuses with 5 until it is gone (facts, "Transcripts").

import { labelOf, type JobId, type ServiceAnswer } from "../../core/service.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ManagerLimits } from "../deps.ts";
import { EXIT, type Called, type Launchctl } from "./launchctl.ts";
import { answerOf, lookFor } from "./look.ts";

export interface LaunchdParts {
  readonly launchctl: Launchctl;
  readonly clock: Clock;
  readonly limits: ManagerLimits;
  readonly uid: number;
}

const POLL_MS = 40;
const POLL_MAX_MS = 500;
const BACKOFF = 1.3;
const BACKOFF_MAX_MS = 2000;

/**
 * Boots it out wherever it is loaded, and waits until launchd says 113 everywhere. Null: it is
 * gone. `draining`: it was asked, and is still there after its time.
 */
export async function unload(parts: LaunchdParts, id: JobId): Promise<ServiceAnswer | null> {
  const { launchctl, clock, limits } = parts;
  const places = await lookFor(launchctl, parts.uid, id);
  for (const { domain, looked } of places) {
    if (looked.state === "loaded") await launchctl.call("bootout", `${domain}/${labelOf(id)}`);
  }
  const until = clock.mono() + limits.exitMs + limits.drainExtraMs;
  for (let pauseMs = POLL_MS; ; pauseMs = Math.min(pauseMs * 1.5, POLL_MAX_MS)) {
    const seen = answerOf(await lookFor(launchctl, parts.uid, id));
    if (seen.state === "not-loaded") return null;
    if (clock.mono() >= until) return stillThere(seen);
    await clock.sleep(pauseMs);
  }
}

function stillThere(seen: ServiceAnswer): ServiceAnswer {
  if (!("job" in seen)) return seen;
  const next = "try again in a minute; if it stays so, log out and in again";
  const reason = `launchd does not let go of it: ${seen.reason}`;
  return { state: "draining", reason, next, job: seen.job };
}

/**
 * Loads the file; 5 and 37, and only they, are tried again with growing pauses. Null: accepted,
 * which does not say that it runs.
 */
export async function bootstrap(
  parts: LaunchdParts,
  id: JobId,
  where: { domain: string; path: string },
): Promise<ServiceAnswer | null> {
  const { clock, limits, launchctl } = parts;
  const until = clock.mono() + limits.busyMs;
  for (let { pauseMs } = limits; ; pauseMs = Math.min(pauseMs * BACKOFF, BACKOFF_MAX_MS)) {
    const called = await launchctl.call("bootstrap", where.domain, where.path);
    if (called.code === EXIT.done || called.code === EXIT.alreadyBootstrapped) return null;
    const busy = called.code === EXIT.ioError || called.code === EXIT.busy;
    if (!busy || clock.mono() + pauseMs >= until) return refused(id, where, called);
    await clock.sleep(pauseMs);
  }
}

/** Starts what is loaded; with `kill`, in place of the process that runs. Null: accepted. */
export async function kickstart(
  parts: LaunchdParts,
  target: string,
  how: { kill: boolean },
): Promise<Called | null> {
  const { clock, limits, launchctl } = parts;
  const until = clock.mono() + limits.busyMs;
  const args = ["kickstart", ...(how.kill ? ["-k"] : []), target];
  for (let { pauseMs } = limits; ; pauseMs = Math.min(pauseMs * BACKOFF, BACKOFF_MAX_MS)) {
    const called = await launchctl.call(...args);
    if (called.code === EXIT.done) return null;
    if (called.code !== EXIT.busy || clock.mono() + pauseMs >= until) return called;
    await clock.sleep(pauseMs);
  }
}

/** What a refused `bootstrap` or `kickstart` means, with the next command. */
export function refused(
  id: JobId,
  where: { domain: string; path: string },
  called: Called,
): ServiceAnswer {
  const label = labelOf(id);
  const target = `${where.domain}/${label}`;
  if (called.code === null) {
    const next = "iapeer daemon status";
    const reason = `cannot tell whether it was loaded: ${called.detail}`;
    return { state: "unknown", reason, next };
  }
  if (called.code === EXIT.disabled) {
    const next = `launchctl enable ${target}, or allow it in System Settings, Login Items`;
    return { state: "disabled", reason: `${label} is switched off: ${called.detail}`, next };
  }
  return {
    state: "failed",
    exitCode: called.code,
    stderr: called.stderr,
    reason: `launchd refused it: ${called.detail}`,
    next: NEXT[called.code] ?? `log show --last 2m --predicate 'process == "launchd"'`,
  };
}

const NEXT: Readonly<Record<number, string>> = {
  [EXIT.ioError]: `log show --last 2m --predicate 'process == "launchd"'; docs/macos.md says more`,
  [EXIT.busy]: "wait a minute, then: iapeer daemon start",
  122: "its file must be yours and mode 0644: iapeer daemon install writes it anew",
  134: "run it in a session at the screen, not from a background task",
  161: "allow iapeer in System Settings, General, Login Items",
  [EXIT.unsupported]: "log in at the screen as this user, without sudo, and try again",
};
