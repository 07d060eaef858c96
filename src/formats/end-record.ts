// `end.json` and its line in exits.log (lifecycle §5). The sh witnesses print the same JSON, so
// its field names are part of the contract between them and this file.

import type { EndRecord, EndVerdict } from "../core/generation.ts";
import type { LogEvent } from "../core/log-event.ts";
import type { Result } from "../core/result.ts";
import type {
  EndEvent,
  EndWitness,
  ServerExitCause,
  TeardownReason,
} from "../core/states.ts";
import { Fields, type Loose, oneOf, parseJsonObject, withoutUndefined } from "./fields.ts";
import { parseInstant, renderInstant } from "./instant.ts";
import { GENERATION, IDENTITY, INSTANT } from "./name-checks.ts";

const EVENT = oneOf<EndEvent>({ teardown: true, "session-exit": true, "server-exit": true });
const WITNESS = oneOf<EndWitness>({
  daemon: true,
  hook: true,
  canary: true,
  launcher: true,
  cli: true,
});
const REASON = oneOf<TeardownReason>({
  idle: true,
  stop: true,
  new: true,
  preclean: true,
  remove: true,
  rename: true,
  uninstall: true,
  "ephemeral-done": true,
  "ephemeral-backstop": true,
  "launch-failed": true,
  "session-gone": true,
  shutdown: true,
});
const CAUSE = oneOf<ServerExitCause>({
  "signaled-server-gone": true,
  "client-killed-server-gone": true,
  "server-vanished": true,
  "host-reboot": true,
  unwitnessed: true,
  "launch-failed": true,
});
const OOM = oneOf<EndVerdict["oom"]>({ seen: true, "not-seen": true, unknown: true });
const CONFIDENCE = oneOf<EndVerdict["confidence"]>({ certain: true, likely: true, unknown: true });

/** Instants come back in the canonical form, so that they sort as text. */
export function parseEndRecord(text: string): Result<EndRecord> {
  const source = parseJsonObject(text);
  if (!source.ok) return source;
  const fields = new Fields(source.value);
  const record = withoutUndefined<EndRecord>({
    version: fields.version(1),
    ev: fields.text("ev", EVENT),
    identity: fields.text("identity", IDENTITY),
    generation: fields.text("generation", GENERATION),
    ts: canonical(fields.text("ts", INSTANT)),
    by: fields.text("by", WITNESS),
    reason: fields.textIf("reason", REASON),
    askedBy: fields.textIf("askedBy"),
    cause: fields.textIf("cause", CAUSE),
    serverPid: fields.wholeIf("serverPid", 1),
    waitRc: fields.wholeIf("waitRc"),
    deadStatus: fields.wholeIf("deadStatus"),
    deadSignal: fields.wholeIf("deadSignal", 1),
    since: fields.has("since") ? canonical(fields.text("since", INSTANT)) : undefined,
    forensics: fields.textIf("forensics"),
    started: fields.has("started") && !fields.boolean("started") ? false : undefined,
    detail: fields.textIf("detail"),
    verdict: fields.object("verdict", verdictOf),
  });
  checkEvent(record, fields);
  return fields.done(record);
}

function checkEvent(record: EndRecord, fields: Fields): void {
  if (record.ev === "teardown" && record.reason === undefined) {
    fields.reject("reason", "a teardown names its reason");
  }
  if (record.ev === "server-exit" && record.cause === undefined) {
    fields.reject("cause", "a server-exit names its cause");
  }
  if (record.deadStatus !== undefined && record.deadSignal !== undefined) {
    fields.reject("deadSignal", "a process ends by status or by signal, never by both");
  }
}

function canonical(instant: string): string {
  const wall = parseInstant(instant);
  return wall === null ? instant : renderInstant(wall);
}

const verdictOf = (fields: Fields): EndVerdict =>
  withoutUndefined<EndVerdict>({
    exitCode: fields.wholeIf("exitCode"),
    signal: fields.wholeIf("signal", 1),
    oom: fields.text("oom", OOM),
    memoryPressurePercent: fields.numberIf("memoryPressurePercent"),
    rssPeakKb: fields.numberIf("rssPeakKb"),
    ours: fields.boolean("ours"),
    signalId: fields.textIf("signalId"),
    confidence: fields.text("confidence", CONFIDENCE),
  });

/** One line of JSON. */
export function renderEndRecord(record: EndRecord): string {
  const verdict: Loose<EndVerdict> = {
    exitCode: record.verdict.exitCode,
    signal: record.verdict.signal,
    oom: record.verdict.oom,
    memoryPressurePercent: record.verdict.memoryPressurePercent,
    rssPeakKb: record.verdict.rssPeakKb,
    ours: record.verdict.ours,
    signalId: record.verdict.signalId,
    confidence: record.verdict.confidence,
  };
  const ordered: Loose<Omit<EndRecord, "verdict">> & { verdict: Loose<EndVerdict> } = {
    version: 1,
    ev: record.ev,
    identity: record.identity,
    generation: record.generation,
    ts: record.ts,
    by: record.by,
    reason: record.reason,
    askedBy: record.askedBy,
    cause: record.cause,
    serverPid: record.serverPid,
    waitRc: record.waitRc,
    deadStatus: record.deadStatus,
    deadSignal: record.deadSignal,
    since: record.since,
    forensics: record.forensics,
    started: record.started,
    detail: record.detail,
    verdict,
  };
  return `${JSON.stringify(ordered)}\n`;
}

/** The record as a line of exits.log; its instant is the record's own `ts`. */
export function endLogEvent(end: EndRecord): LogEvent {
  const { verdict } = end;
  return {
    ev: end.ev,
    fields: {
      identity: end.identity,
      generation: end.generation,
      server_pid: end.serverPid,
      reason: end.reason,
      asked_by: end.askedBy,
      dead_status: end.deadStatus,
      dead_signal: end.deadSignal,
      wait_rc: end.waitRc,
      cause: end.cause,
      forensics: end.forensics,
      started: end.started,
      detail: end.detail,
      by: end.by,
      since: end.since,
      exit_code: verdict.exitCode,
      signal: verdict.signal,
      oom: verdict.oom,
      memory_pressure_percent: verdict.memoryPressurePercent,
      rss_peak_kb: verdict.rssPeakKb,
      ours: verdict.ours,
      signal_id: verdict.signalId,
      confidence: verdict.confidence,
    },
  };
}
