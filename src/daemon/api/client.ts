// The daemon over its unix socket, for verbs. Every call is bounded, and "cannot connect" says
// what was found at the socket's path.

import type { VerbCall } from "../verbs/verb.ts";
import type { ApiError, VerbAnswer } from "../../core/api.ts";
import type { Personality } from "../../core/names.ts";
import type { DaemonStatus, Snapshot, WhyReport } from "../../core/snapshot.ts";
import { parseHeartbeat, type Heartbeat } from "../../formats/heartbeat.ts";
import type { Host } from "../../ports/host.ts";

export type Reached<T> =
  | { readonly state: "answered"; readonly value: T }
  | { readonly state: "no-daemon"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

const READ_TIMEOUT_MS = 5000;
/** A wake waits for a boot, which has its own bounds; this is only a backstop. */
const VERB_TIMEOUT_MS = 15 * 60_000;
const STALE_PERIODS = 2;

export interface Client {
  status(): Promise<DaemonStatus>;
  snapshot(): Promise<Reached<Snapshot>>;
  why(personality: Personality): Promise<Reached<WhyReport>>;
  verb(call: VerbCall): Promise<Reached<VerbAnswer>>;
  stop(): Promise<Reached<{ pid: number }>>;
}

export function createClient(host: Host): Client {
  const get = <T>(path: string) => request<T>(host, path, { timeoutMs: READ_TIMEOUT_MS });
  const post = <T>(path: string, body: unknown, timeoutMs: number) =>
    request<T>(host, path, { timeoutMs, body });
  return {
    status: () => status(host),
    snapshot: () => get<Snapshot>("/v1/snapshot"),
    why: (personality) => get<WhyReport>(`/v1/why/${personality}`),
    verb: async ({ personality, verb, request: body }) => {
      const path = `/v1/peers/${personality}/${verb}`;
      return withNext(personality, await post<VerbAnswer>(path, body, VERB_TIMEOUT_MS));
    },
    stop: () => post<{ pid: number }>("/v1/daemon/stop", {}, READ_TIMEOUT_MS),
  };
}

/** A daemon that is older than this program may leave a failure without a next step. */
function withNext(personality: Personality, asked: Reached<VerbAnswer>): Reached<VerbAnswer> {
  if (asked.state !== "answered") return asked;
  const { value } = asked;
  if (value.result !== "failed" && value.result !== "refused") return asked;
  return { ...asked, value: { ...value, next: value.next ?? `iapeer why ${personality}` } };
}

interface Request {
  readonly timeoutMs: number;
  readonly body?: unknown;
}

/** Only when nobody could be asked does anything look at the socket: a daemon is asked once. */
async function request<T>(host: Host, path: string, how: Request): Promise<Reached<T>> {
  const first = await ask<T>(host, path, how);
  if (first.state !== "unheard") return first;
  const probe = host.tmux.probe(host.layout.daemonSocket);
  if (probe !== "answers" && probe !== "unknown") {
    return { state: "no-daemon", why: absence(host, probe) };
  }
  // It has come up in between, or could not be looked at.
  const again = await ask<T>(host, path, how);
  return again.state === "unheard" ? { state: "unknown", why: again.why } : again;
}

/** What connecting alone fails with; of no socket Linux says that it refuses, macOS what it is. */
const NOBODY: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ECONNREFUSED", "ENOTSOCK"]);

/** `unheard`: there was nobody to connect to. */
async function ask<T>(
  host: Host,
  path: string,
  how: Request,
): Promise<Reached<T> | { readonly state: "unheard"; readonly why: string }> {
  try {
    const response = await fetch(`http://iapeer${path}`, {
      unix: host.layout.daemonSocket,
      signal: AbortSignal.timeout(how.timeoutMs),
      ...(how.body === undefined ? {} : { method: "POST", body: JSON.stringify(how.body) }),
    });
    if (!response.ok) return { state: "unknown", why: await refusalIn(response) };
    return { state: "answered", value: (await response.json()) as T };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && "code" in error ? error.code : null;
    return { state: NOBODY.has(code) ? "unheard" : "unknown", why };
  }
}

/** In its own words, when it has any. */
async function refusalIn(response: Response): Promise<string> {
  const said = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const words = said?.error?.message;
  const answered = `the daemon answered ${response.status}`;
  return words === undefined ? answered : `${answered}: ${words}`;
}

/** A daemon takes its socket along only when it ends in order; its heartbeat stays. */
function absence(host: Host, probe: "missing" | "refused" | "not-a-socket"): string {
  if (probe === "refused") return "a daemon ran here and is gone";
  if (probe === "not-a-socket") return "something that is not a socket is in its place";
  const beat = lastBeat(host);
  if (beat === null) return "no daemon has been started in this root";
  return `it was ended, after its last pass at ${beat.ts}`;
}

function lastBeat({ files, layout }: Host): Heartbeat | null {
  const read = files.read(layout.heartbeat);
  return read.state === "ok" ? parseHeartbeat(read.text) : null;
}

/** By the clock of this boot that nobody can set; a suspend is no time for it to beat in. */
function beatAgeMs({ clock, processes }: Host, beat: Heartbeat): number {
  if (beat.bootId !== processes.bootId()) return Number.POSITIVE_INFINITY;
  const bootAgeMs = clock.bootMs() - beat.boot;
  // Where the kernel cannot be asked, the monotonic clock is one process's own.
  const monoAgeMs = clock.mono() - (beat.mono ?? Number.POSITIVE_INFINITY);
  return monoAgeMs < 0 ? bootAgeMs : Math.min(bootAgeMs, monoAgeMs);
}

/** The heartbeat counts, whatever the socket says: a daemon that no longer ticks is `stale`. */
async function status(host: Host): Promise<DaemonStatus> {
  const reached = await request<DaemonStatus>(host, "/healthz", { timeoutMs: READ_TIMEOUT_MS });
  const beat = lastBeat(host);
  const schema = "iapeer.daemon.v1";
  const last = beat === null ? {} : { last_tick: beat.ts };
  if (reached.state === "no-daemon") {
    return { schema, state: "not-running", reason: reached.why, ...last };
  }
  if (reached.state === "unknown") {
    return { schema, state: "unknown", reason: reached.why, ...last };
  }
  const stale = beat === null || beatAgeMs(host, beat) > STALE_PERIODS * beat.periodMs;
  if (!stale) return { ...reached.value, ...last };
  const reason = beat === null ? "it has never ticked" : `its last tick was at ${beat.ts}`;
  return { ...reached.value, ...last, state: "stale", reason };
}
