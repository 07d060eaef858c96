// The daemon over its unix socket, for verbs: every call is bounded.

import { meet, pidOf, request, type Unknown } from "./reach.ts";
import {
  type DaemonClient,
  type Reached,
  VERB_TIMEOUT_MS,
  type VerbAnswer,
} from "../../core/api.ts";
import type { Personality } from "../../core/names.ts";
import type { DaemonStatus, Snapshot, WhyReport } from "../../core/snapshot.ts";
import { isStale, lastBeat } from "../../flows/service/last-daemon.ts";
import type { Heartbeat } from "../../formats/heartbeat.ts";
import type { Host } from "../../ports/host.ts";

const READ_TIMEOUT_MS = 5000;
/** So often a daemon that takes its time over a verb is asked whether it still hears. */
const LOOK_MS = 5000;
/** In a row: one that is only busy may miss one. */
const UNHEARD_MAX = 2;
/** What gave no answer is not asked anew within this time. */
const DEAF_FOR_MS = 5000;
/** Who asks for many things does not ask before each of them whether anybody is there. */
const HEARD_FOR_MS = 1000;

/** `lookMs`: how often a daemon that takes its time over a verb is asked whether it still hears. */
export function createClient(host: Host, lookMs = LOOK_MS): DaemonClient {
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
      return withNext(personality, await whileHeard(host, { asked, given, lookMs }));
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

interface Hearing<T> {
  readonly asked: Promise<Reached<T>>;
  /** Aborted when nobody waits for the answer any more; whoever has one is spared that. */
  readonly given: AbortController;
  readonly lookMs: number;
}

/** What a daemon that is deaf by now was asked for may have been done, or may be yet. */
async function whileHeard<T>(
  host: Host,
  { asked, given, lookMs }: Hearing<T>,
): Promise<Reached<T>> {
  for (let unheard = 0; ; ) {
    const pause = after(host, lookMs);
    const isAnswered = await orAnswered(asked, pause.over);
    pause.cancel();
    if (isAnswered === null) return asked;
    const look = new AbortController();
    const how = { timeoutMs: READ_TIMEOUT_MS, signal: look.signal };
    const met = await orAnswered(asked, meet(host, "/healthz", how));
    if (met === null) {
      look.abort();
      return asked;
    }
    unheard = met.state === "unknown" ? unheard + 1 : 0;
    if (met.state !== "unknown" || unheard < UNHEARD_MAX) continue;
    given.abort();
    return { state: "unknown", why: `it hears nothing any more: ${met.why}`, ...pidOf(host) };
  }
}

/** Null: what was asked has been answered first. */
const orAnswered = <T, Other>(asked: Promise<T>, other: Promise<Other>): Promise<Other | null> =>
  Promise.race([asked.then(() => null), other]);

/** No signal is aborted for it, which costs more than all else of a short question. */
function after({ clock }: Host, ms: number): { over: Promise<"over">; cancel: () => void } {
  let cancel = () => {};
  const over = new Promise<"over">((resolve) => {
    cancel = clock.after(ms, () => resolve("over"));
  });
  return { over, cancel };
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
