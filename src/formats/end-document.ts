// An end record as `iapeer exits --json` and `show --json` print it: its names are those of
// exits.log and like every other document's, while end.json keeps those that its witnesses write.

import type { EndRecord, EndVerdict } from "../core/generation.ts";
import { type Loose, withoutUndefined } from "./fields.ts";

/** `snakeCase<"serverPid">` is `server_pid`, so that no field can be forgotten or misspelt. */
type Snake<T extends string> = T extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : T;

type Snaked<T> = { readonly [K in keyof T & string as Snake<K>]: T[K] };

export type EndDocument = { readonly schema: "iapeer.end.v1" } & Snaked<
  Omit<EndRecord, "version" | "verdict">
> & { readonly verdict: Snaked<EndVerdict> };

export function endDocument(end: EndRecord): EndDocument {
  const { verdict } = end;
  const judged: Loose<EndDocument["verdict"]> = {
    exit_code: verdict.exitCode,
    signal: verdict.signal,
    oom: verdict.oom,
    memory_pressure_percent: verdict.memoryPressurePercent,
    rss_peak_kb: verdict.rssPeakKb,
    ours: verdict.ours,
    signal_id: verdict.signalId,
    confidence: verdict.confidence,
  };
  return withoutUndefined<EndDocument>({
    schema: "iapeer.end.v1",
    ts: end.ts,
    ev: end.ev,
    identity: end.identity,
    generation: end.generation,
    by: end.by,
    reason: end.reason,
    asked_by: end.askedBy,
    cause: end.cause,
    server_pid: end.serverPid,
    wait_rc: end.waitRc,
    dead_status: end.deadStatus,
    dead_signal: end.deadSignal,
    since: end.since,
    forensics: end.forensics,
    started: end.started,
    detail: end.detail,
    verdict: withoutUndefined(judged),
  });
}
