// One question to the daemon on its unix socket: bounded, and "cannot connect" says what was found
// at the socket's path.

import type { ApiError, Reached } from "../../core/api.ts";
import { lastBeat, lastDaemon } from "../../flows/service/last-daemon.ts";
import type { Host } from "../../ports/host.ts";

export interface Request {
  readonly timeoutMs: number;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export type Unknown = Extract<Reached<never>, { state: "unknown" }>;

/** `refused`: somebody answers, and not with what was asked for. */
export type Met<T> = Reached<T> | Refused;

interface Refused {
  readonly state: "refused";
  readonly why: string;
  readonly next?: string;
}

export async function request<T>(host: Host, path: string, how: Request): Promise<Reached<T>> {
  const met = await meet<T>(host, path, how);
  if (met.state === "refused") return { ...met, state: "unknown" };
  return met.state === "unknown" ? { ...met, ...pidOf(host) } : met;
}

/** The daemon that still runs here, by its heartbeat. */
export function pidOf(host: Host): { readonly pid?: number } {
  const daemon = lastDaemon(host);
  return daemon === null ? {} : { pid: daemon.pid };
}

/** Only when nobody could be asked does anything look at the socket: a daemon is asked once. */
export async function meet<T>(host: Host, path: string, how: Request): Promise<Met<T>> {
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

/** No daemon can have listened there. */
const NO_ROOM = "the path of the root is too long for a socket";

/** What Bun says of these is meant for who writes programs. */
const WORDS: ReadonlyMap<unknown, string> = new Map([
  ["ECONNRESET", "it ended, or closed the connection, without an answer"],
  ...[...NOBODY].map((code) => [code, `nobody listens there (${String(code)})`] as const),
]);

/** Bun gives up after six minutes, which a wake may be allowed to take; its types do not know. */
const NO_LIMIT_OF_ITS_OWN: object = { timeout: false };

/** `unheard`: there was nobody to connect to. */
async function ask<T>(
  host: Host,
  path: string,
  how: Request,
): Promise<Met<T> | { readonly state: "unheard"; readonly why: string }> {
  try {
    const response = await fetch(`http://iapeer${path}`, {
      ...NO_LIMIT_OF_ITS_OWN,
      unix: host.layout.daemonSocket,
      // One that is kept may lead to a daemon that has been replaced since.
      keepalive: false,
      signal: AbortSignal.any([AbortSignal.timeout(how.timeoutMs), ...given(how)]),
      ...(how.body === undefined ? {} : { method: "POST", body: JSON.stringify(how.body) }),
    });
    if (!response.ok) return { state: "refused", ...(await refusalIn(response)) };
    return { state: "answered", value: (await response.json()) as T };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENAMETOOLONG") return { state: "no-daemon", why: NO_ROOM };
    return { state: NOBODY.has(code) ? "unheard" : "unknown", why: whyOf(error, how) };
  }
}

const given = ({ signal }: Request): readonly AbortSignal[] =>
  signal === undefined ? [] : [signal];

function whyOf(error: unknown, { timeoutMs }: Request): string {
  if (!(error instanceof Error)) return String(error);
  const isLate = error.name === "TimeoutError";
  if (isLate) return `it gave no answer within ${timeoutMs / 1000} s`;
  return WORDS.get(codeOf(error)) ?? error.message;
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : null;

/** It was asked for what it knows, and could not do it. */
const FAILED = 500;

/** In its own words, when it has any. */
async function refusalIn(response: Response): Promise<Omit<Refused, "state">> {
  const said = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const words = said?.error?.message;
  const answered = `the daemon answered ${response.status}`;
  const why = words === undefined ? answered : `${answered}: ${words}`;
  const next = response.status === FAILED ? said?.error?.next : undefined;
  return next === undefined ? { why } : { why, next };
}

/** A daemon takes its socket along only when it ends in order; its heartbeat stays. */
function absence(host: Host, probe: "missing" | "refused" | "not-a-socket"): string {
  if (probe === "refused") return "a daemon ran here and is gone";
  if (probe === "not-a-socket") return "something that is not a socket is in its place";
  const beat = lastBeat(host);
  if (beat === null) return "no daemon has been started in this root";
  return `it was ended, after its last pass at ${beat.ts}`;
}
