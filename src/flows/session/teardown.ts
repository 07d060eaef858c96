// A deliberate end (lifecycle §5): the record is on disk before anything is killed, then the
// server is ended by pid and start time, then whatever of its session would not go.

import { sendSignal, waitGone } from "./signal.ts";
import { canaryLiveness, canaryProcess } from "./canary.ts";
import { isOfThisBoot } from "./life.ts";
import { keepFolder, readEnd, recordEnd } from "./records.ts";
import { witnessOf } from "./witness-of.ts";
import { ensureRecord, type UnwitnessedEnd } from "../settle.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import type { EndWitness, TeardownReason } from "../../core/states.ts";
import { renderInstant } from "../../formats/instant.ts";
import type { Host } from "../../ports/host.ts";

const TERM_WAIT_MS = 2000;
const KILL_WAIT_MS = 5000;

export interface TeardownSpec {
  readonly start: StartRecord;
  readonly reason: TeardownReason;
  readonly by: EndWitness;
  /** An identity, or `operator`; absent: nobody did. */
  readonly askedBy?: string;
}

/** Why, and at whose word. */
export type Ending = Pick<TeardownSpec, "reason" | "askedBy">;

/** `owed`: the record that no disk had room for; null: this life's end is on record. */
export type TeardownOutcome = { readonly owed: EndRecord | null } & (
  | { readonly state: "ended" }
  /** Something of the session is still there after KILL; the record stands, and says so. */
  | { readonly state: "survived"; readonly pids: readonly number[] }
);

/** `signalId`: of the signal that is about to be sent to its server. */
function teardownRecord(host: Host, spec: TeardownSpec, signalId: string | null): EndRecord {
  const { pane, server } = spec.start;
  // The one end at which the kernel can still be asked: of a process that is gone it tells nothing.
  const isThere = pane !== undefined && isOfThisBoot(host, spec.start);
  const use = isThere ? host.processes.use(pane) : null;
  return {
    version: 1,
    ev: "teardown",
    identity: spec.start.identity,
    generation: spec.start.generation,
    ts: renderInstant(host.clock.wall()),
    by: spec.by,
    reason: spec.reason,
    ...(spec.askedBy === undefined ? {} : { askedBy: spec.askedBy }),
    ...(server === undefined ? {} : { serverPid: server.pid }),
    verdict: {
      oom: "unknown",
      ...(use?.rssPeakKb === undefined ? {} : { rssPeakKb: use.rssPeakKb }),
      ours: true,
      ...(signalId === null ? {} : { signalId }),
      confidence: "certain",
    },
  };
}

/**
 * Ends one generation. A record that cannot be written (full disk) never keeps a session alive
 * that somebody asked to end: it is logged, and the recorder is dismissed first so that no
 * canary calls our own kill a crash.
 */
export async function teardown(host: Host, spec: TeardownSpec): Promise<TeardownOutcome> {
  const { server, pane } = spec.start;
  const isOurs = isOfThisBoot(host, spec.start);
  const isThere = isOurs && server !== undefined && host.processes.liveness(server) !== "dead";
  const firstId = isThere ? host.ids.short() : null;
  const end = teardownRecord(host, spec, firstId);
  keepFolder(host, spec.start);
  const recorded = recordEnd(host, end);
  if (!recorded.ok) reportUnwritten(host, spec, recorded.error);
  if (!isOurs) return { state: "ended", owed: recorded.ok ? null : end };
  dismissCanary(host, spec);
  const family = pane === undefined ? [] : [...host.processes.descendants(pane)];
  const members = pane === undefined ? family : [pane, ...family];
  const survivors = await endServer(host, spec, firstId);
  survivors.push(...(await endMembers(host, spec, members)));
  removeDeadSocket(host, spec.start);
  // The disk may have room by now, before anybody else calls this end something else.
  const owed = recorded.ok || recordEnd(host, end).ok ? null : end;
  if (survivors.length > 0) return { state: "survived", pids: survivors, owed };
  return { state: "ended", owed };
}

/** A pane's process gets the hangup of its dead server; most are gone within this. */
const HANGUP_WAIT_MS = 100;

/**
 * After a server has died by itself: ends what of its session ignored the hangup, once that
 * life's end is on record. `unknown`: it cannot be told whether anything is left. `unseen`: that
 * nobody saw it die.
 */
export async function endLeftovers(
  host: Host,
  start: StartRecord,
  unseen: Pick<UnwitnessedEnd, "since"> | null = null,
): Promise<"ended" | "left" | "unknown"> {
  const { pane, server } = start;
  if (pane === undefined || !isOfThisBoot(host, start)) return "ended";
  const seen = server === undefined ? "dead" : host.processes.liveness(server);
  if (seen !== "dead") return seen === "unknown" ? "unknown" : "left";
  if (host.processes.liveness(pane) === "unknown") return "unknown";
  const family = host.processes.descendants(pane);
  const pause = await waitGone(host, pane, HANGUP_WAIT_MS);
  if (pause === "gone" && family.length === 0) return "ended";
  await hearWitness(host, start);
  const { identity, generation } = start;
  if (!ensureRecord(host, { identity, generation, start, ...unseen })) return "left";
  const about = { start, reason: "session-gone", by: witnessOf(host) } as const;
  return (await endMembers(host, about, [pane, ...family])).length === 0 ? "ended" : "left";
}

/** How long a canary that is there may take to say how its server died: it tells more than we. */
const WITNESS_WAIT_MS = 250;
const WITNESS_LOOK_MS = 5;

async function hearWitness(host: Host, start: StartRecord): Promise<void> {
  const until = host.clock.mono() + Math.min(WITNESS_WAIT_MS, host.config.witnessGraceMs);
  while (readEnd(host, start).state === "none" && canaryLiveness(host, start) === "alive") {
    if (host.clock.mono() >= until) return;
    await host.clock.sleep(WITNESS_LOOK_MS);
  }
}

function reportUnwritten(host: Host, spec: TeardownSpec, detail: string): void {
  const { identity, generation } = spec.start;
  host.log.write("lifecycle", {
    ev: "end-unwritten",
    fields: { identity, generation, reason: spec.reason, detail },
  });
}

function dismissCanary(host: Host, spec: TeardownSpec): void {
  const canary = canaryProcess(host, spec.start);
  if (canary === null) return;
  const { start: about, reason } = spec;
  sendSignal(host, { about, target: canary, signal: "TERM", role: "canary", reason });
}

async function endServer(
  host: Host,
  spec: TeardownSpec,
  firstId: string | null,
): Promise<number[]> {
  const { server } = spec.start;
  if (server === undefined) return [];
  const send = (signal: "TERM" | "KILL", id: string | null) =>
    sendSignal(host, {
      ...(id === null ? {} : { id }),
      about: spec.start,
      target: server,
      signal,
      role: "server",
      reason: spec.reason,
    });
  send("TERM", firstId);
  if ((await waitGone(host, server, TERM_WAIT_MS)) === "gone") return [];
  send("KILL", null);
  return (await waitGone(host, server, KILL_WAIT_MS)) === "gone" ? [] : [server.pid];
}

/** The hangup of a closing pane is ignored by some; they get TERM, and KILL when that fails. */
async function endMembers(
  host: Host,
  spec: TeardownSpec,
  members: readonly ProcessRef[],
): Promise<number[]> {
  const send = (target: ProcessRef, signal: "TERM" | "KILL") =>
    sendSignal(host, {
      about: spec.start,
      target,
      signal,
      role: target === spec.start.pane ? "pane" : "descendant",
      reason: spec.reason,
    });
  // What cannot be seen may still be there; sending looks again whose pid it is.
  const mayLive = (member: ProcessRef) => host.processes.liveness(member) !== "dead";
  const stay = members.filter(mayLive);
  for (const member of stay) send(member, "TERM");
  await Promise.all(stay.map((member) => waitGone(host, member, TERM_WAIT_MS)));
  const stubborn = stay.filter(mayLive);
  for (const member of stubborn) send(member, "KILL");
  const left: number[] = [];
  for (const member of stubborn) {
    if ((await waitGone(host, member, KILL_WAIT_MS)) === "alive") left.push(member.pid);
  }
  return left;
}

function removeDeadSocket(host: Host, start: StartRecord): void {
  if (host.tmux.probe(start.socket) === "refused") host.files.remove(start.socket);
}
