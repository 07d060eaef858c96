// The daemon over its unix socket, for verbs. Every call is bounded, and "cannot connect" says
// what was found at the socket's path.

import type { VerbCall } from "../verbs/verb.ts";
import { VERB_TIMEOUT_MS, type ApiError, type VerbAnswer } from "../../core/api.ts";
import type { Personality } from "../../core/names.ts";
import type { DaemonStatus, Snapshot, WhyReport } from "../../core/snapshot.ts";
import { isStale, lastBeat, lastDaemon } from "../../flows/service/last-daemon.ts";
import type { Heartbeat } from "../../formats/heartbeat.ts";
import type { Host } from "../../ports/host.ts";

export type Reached<T> =
  | { readonly state: "answered"; readonly value: T }
  | { readonly state: "no-daemon"; readonly why: string }
  | {
      readonly state: "unknown";
      readonly why: string;
      /** Of a daemon that still runs. */
      readonly pid?: number;
      /** False: it answered no other question, so this one was not put to it. */
      readonly isAsked?: false;
    };

const READ_TIMEOUT_MS = 5000;
/** So often a daemon that takes its time over a verb is asked whether it still hears. */
const LOOK_MS = 5000;
/** In a row: one that is only busy may miss one. */
const UNHEARD_MAX = 2;
/** What gave no answer is not asked anew within this time. */
const DEAF_FOR_MS = 5000;
/** Who asks for many things does not ask before each of them whether anybody is there. */
const HEARD_FOR_MS = 1000;

export interface Client {
  status(): Promise<DaemonStatus>;
  snapshot(): Promise<Reached<Snapshot>>;
  why(personality: Personality): Promise<Reached<WhyReport>>;
  verb(call: VerbCall): Promise<Reached<VerbAnswer>>;
  stop(): Promise<Reached<{ pid: number }>>;
}

/** `lookMs`: how often a daemon that takes its time over a verb is asked whether it still hears. */
export function createClient(host: Host, lookMs = LOOK_MS): Client {
  const hears = hearing(host);
  const get = <T>(path: string) => request<T>(host, path, { timeoutMs: READ_TIMEOUT_MS });
  const post = <T>(path: string, body: unknown, timeoutMs: number) =>
    request<T>(host, path, { timeoutMs, body });
  return {
    status: () => status(host),
    snapshot: () => get<Snapshot>("/v1/snapshot"),
    why: (personality) => get<WhyReport>(`/v1/why/${personality}`),
    verb: async ({ personality, verb, request: body }) => {
      const none = await hears();
      if (none !== null) return none;
      const path = `/v1/peers/${personality}/${verb}`;
      const given = new AbortController();
      const how = { timeoutMs: VERB_TIMEOUT_MS, body, signal: given.signal };
      const asked = request<VerbAnswer>(host, path, how);
      try {
        return withNext(personality, await whileHeard(host, asked, lookMs));
      } finally {
        given.abort();
      }
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

/** What a daemon that is deaf by now was asked for may have been done, or may be yet. */
async function whileHeard<T>(
  host: Host,
  asked: Promise<Reached<T>>,
  lookMs: number,
): Promise<Reached<T>> {
  const answered = new AbortController();
  void asked.finally(() => answered.abort());
  const unlessAnswered = <Other>(other: Promise<Other>) =>
    Promise.race([asked.then(() => null), other]);
  for (let unheard = 0; ; ) {
    await host.clock.sleep(lookMs, answered.signal);
    if (answered.signal.aborted) return asked;
    const look = meet(host, "/healthz", { timeoutMs: READ_TIMEOUT_MS, signal: answered.signal });
    const met = await unlessAnswered(look);
    if (met === null) return asked;
    unheard = met.state === "unknown" ? unheard + 1 : 0;
    if (met.state !== "unknown" || unheard < UNHEARD_MAX) continue;
    return { state: "unknown", why: `it hears nothing any more: ${met.why}`, ...pidOf(host) };
  }
}

interface Request {
  readonly timeoutMs: number;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

type Unknown = Extract<Reached<never>, { state: "unknown" }>;

/** `refused`: somebody answers, and not with what was asked for. */
type Met<T> = Reached<T> | { readonly state: "refused"; readonly why: string };

async function request<T>(host: Host, path: string, how: Request): Promise<Reached<T>> {
  const met = await meet<T>(host, path, how);
  if (met.state === "refused") return { state: "unknown", why: met.why };
  return met.state === "unknown" ? { ...met, ...pidOf(host) } : met;
}

/** The daemon that still runs here, by its heartbeat. */
function pidOf(host: Host): { readonly pid?: number } {
  const daemon = lastDaemon(host);
  return daemon === null ? {} : { pid: daemon.pid };
}

/**
 * Null: somebody answers. What does not is asked for nothing that it might do later; who asks for
 * many things, as `stop --all` does, waits for it once.
 */
function hearing(host: Host): () => Promise<Unheard | null> {
  let deaf: { readonly met: Unheard; readonly untilMono: number } | null = null;
  let heardUntilMono = Number.NEGATIVE_INFINITY;
  return async () => {
    if (host.clock.mono() < heardUntilMono) return null;
    if (deaf !== null && host.clock.mono() < deaf.untilMono) return deaf.met;
    const met = await meet(host, "/healthz", { timeoutMs: READ_TIMEOUT_MS });
    if (met.state === "no-daemon") return met;
    if (met.state !== "unknown") {
      heardUntilMono = host.clock.mono() + HEARD_FOR_MS;
      return null;
    }
    const untilMono = host.clock.mono() + DEAF_FOR_MS;
    deaf = { met: { ...met, ...pidOf(host), isAsked: false }, untilMono };
    return deaf.met;
  };
}

type Unheard = Exclude<Reached<never>, { readonly state: "answered" }>;

/** Only when nobody could be asked does anything look at the socket: a daemon is asked once. */
async function meet<T>(host: Host, path: string, how: Request): Promise<Met<T>> {
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
    if (!response.ok) return { state: "refused", why: await refusalIn(response) };
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

/** The heartbeat counts, whatever the socket says: a daemon that no longer ticks is `stale`. */
async function status(host: Host): Promise<DaemonStatus> {
  const reached = await request<DaemonStatus>(host, "/healthz", { timeoutMs: READ_TIMEOUT_MS });
  const beat = lastBeat(host);
  const schema = "iapeer.daemon.v1";
  const last = beat === null ? {} : { last_tick: beat.ts };
  if (reached.state === "no-daemon") {
    return { schema, state: "not-running", reason: reached.why, ...last };
  }
  if (reached.state === "unknown") return { ...silent(host, reached, beat), ...last };
  if (beat !== null && !isStale(host, beat)) return { ...reached.value, ...last };
  return { ...reached.value, ...last, state: "stale", reason: lastTick(beat) };
}

const lastTick = (beat: Heartbeat | null): string =>
  beat === null ? "it has never ticked" : `its last tick was at ${beat.ts}`;

/** One that may only be slow is `unknown`, until its heartbeat is too old. */
function silent(host: Host, { pid, why }: Unknown, beat: Heartbeat | null): DaemonStatus {
  const known = { schema: "iapeer.daemon.v1", ...(pid === undefined ? {} : { pid }) } as const;
  if (beat === null || !isStale(host, beat)) return { ...known, state: "unknown", reason: why };
  return { ...known, state: "stale", reason: `${lastTick(beat)}, and ${why}` };
}
