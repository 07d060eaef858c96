// One identity as plan() wants to see it. In the steady state this costs a few system calls and
// no child process; only a reap asks tmux who is attached, and only when it is about to happen.

import { isUnfinished, refreshLive, type Live, type Part } from "./live.ts";
import { isLogLost } from "./pane-log.ts";
import type { Unseen } from "./unseen.ts";
import { noteGone } from "./watches.ts";
import { wallMs } from "../core/brand.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import type { Liveness } from "../core/states.ts";
import type { GenerationView, IdentityView } from "../core/world.ts";
import { isAllAlive, isOfThisBoot } from "../flows/session/life.ts";
import { readEnd } from "../flows/session/records.ts";
import { parseInstant } from "../formats/instant.ts";
import type { Host } from "../ports/host.ts";
import { idleAgeMs } from "../rules/clock-jump.ts";

/** `attached` is what tmux said when asked; absent: nobody asked. */
export interface Asked {
  readonly attached?: number | "unknown";
}

export function observe(host: Host, live: Live, asked: Asked = {}): IdentityView {
  const peer = live.presence?.peer;
  const managed = host.manager.manages(live.personality);
  // Another process keeps its records: what is remembered of them here may be old.
  if (managed) refreshLive(host, live);
  const unlaunched = live.unlaunched ?? live.doc.unlaunched;
  return {
    identity: live.identity,
    personality: live.personality,
    runtime: live.runtime,
    registered: peer !== undefined,
    managed,
    alwaysOn: peer?.always_on ?? false,
    wakePolicy: peer?.wake_policy ?? "warm",
    defaultRuntime: peer?.default_runtime ?? live.runtime,
    launching: live.launching,
    ...(unlaunched === undefined ? {} : { unlaunched }),
    ...(live.docKnown ? {} : { unread: true }),
    doc: live.doc,
    generation: viewGeneration(host, live, asked),
  };
}

function viewGeneration(host: Host, live: Live, asked: Asked): GenerationView | null {
  const id = live.doc.generation;
  if (id === null) return null;
  const { server, pane } = livenessOf(host, live);
  const over = server === "dead" || pane === "dead";
  if (over && live.end === null) lookForEnd(host, live);
  const paneLog = host.files.stat(host.layout.paneLog(live.identity));
  return {
    id,
    server,
    pane,
    end: live.end,
    healthMs: healthMs(host, live),
    unwitnessedMs: over && live.end === null ? deadForMs(host, live) : 0,
    idleMs: over ? "unknown" : idleMs(host, live, paneLog.state === "ok" ? paneLog.mtimeMs : null),
    attached: asked.attached ?? "unasked",
    ...(live.unready?.generation === id && !over ? { unready: live.unready.detail } : {}),
    ...(live.readying && !over ? { readyingMs: readyingMs(host, live) } : {}),
    canary: over ? "unknown" : partLiveness(host, live, "canary"),
    paneLogBytes: paneLog.state === "ok" ? paneLog.size : 0,
    paneLogLost: !over && isLogLost(host, live, paneLog),
  };
}

/** One look at both where it has to be more than that they exist. */
function livenessOf(host: Host, live: Live): Pick<GenerationView, "server" | "pane"> {
  const { start, doubted, unsure, docKnown, deadAtMono } = live;
  const isAsked = doubted && docKnown && !unsure && deadAtMono.size === 0 && start !== null;
  if (isAsked && isAllAlive(host, start)) return { server: "alive", pane: "alive" };
  return {
    server: partLiveness(host, live, "server"),
    pane: partLiveness(host, live, "pane"),
  };
}

const readyingMs = (host: Host, { readyingUntilMono }: Live): number =>
  Math.max(0, readyingUntilMono - host.clock.mono());

function refOf(live: Live, part: Part): ProcessRef | undefined {
  return part === "canary" ? (live.canary ?? undefined) : live.start?.[part];
}

/**
 * A part that the kernel's watch stands on costs one kill(pid, 0), and the canary, by which no
 * peer is judged, nothing; without a watch, pid and start time are compared.
 */
export function partLiveness(host: Host, live: Live, part: Part): Liveness {
  if (live.unsure || !live.docKnown) return "unknown";
  if (live.deadAtMono.has(part)) return "dead";
  const seen = lookAt(host, live, part);
  if (seen === "dead") noteGone(host, live, part);
  return seen;
}

function lookAt(host: Host, live: Live, part: Part): Liveness {
  const ref = refOf(live, part);
  if (ref === undefined) return part !== "canary" && isUnfinished(host, live) ? "unknown" : "dead";
  if (live.start !== null && !isOfThisBoot(host, live.start)) return "dead";
  const trusted = live.armed.has(part) && !live.doubted;
  if (!trusted) return host.processes.liveness(ref);
  return part === "canary" ? "alive" : existence(host, ref);
}

const existence = (host: Host, ref: ProcessRef): Liveness =>
  host.processes.exists(ref.pid) === "dead" ? "dead" : "alive";

function lookForEnd(host: Host, live: Live): void {
  if (live.doc.generation === null) return;
  const ref = { identity: live.identity, generation: live.doc.generation };
  const found = readEnd(host, ref);
  if (found.state === "recorded") live.end = found.end;
}

function deadForMs(host: Host, live: Live): number {
  const at = Math.min(
    live.deadAtMono.get("server") ?? Number.POSITIVE_INFINITY,
    live.deadAtMono.get("pane") ?? Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(at) ? host.clock.mono() - at : 0;
}

/** What no server was ever seen of has not lived. */
function healthMs(host: Host, live: Live): number {
  if (live.start?.server === undefined) return 0;
  if (live.unseen !== null) return unwatchedMs(live.unseen, live.start, live.end);
  const end = live.deadAtMono.get("server") ?? live.deadAtMono.get("pane") ?? host.clock.mono();
  return Math.max(0, end - live.bornMono);
}

/** Of what was over when we came: to the word of its witness, else to what is known of it. */
function unwatchedMs(
  { livedMs }: Unseen,
  { startedWall }: StartRecord,
  end: EndRecord | null,
): number {
  const lastedMs = (instant: string) => Math.max(0, (parseInstant(instant) ?? 0) - startedWall);
  // Our own heartbeats went on after it was found dead by the one before us.
  if (end?.since !== undefined) return Math.min(livedMs, lastedMs(end.since));
  const isWitnessed = end !== null && end.cause !== "unwitnessed" && end.cause !== "host-reboot";
  return isWitnessed ? lastedMs(end.ts) : livedMs;
}

/** From the latest of pane output, transcript and the wake itself; never before a clock jump. */
function idleMs(host: Host, live: Live, paneWall: number | null): number | "unknown" {
  const { start, presence } = live;
  if (start === null) return "unknown";
  if (live.readying) return 0;
  if (presence === null && paneWall === null) return "unknown";
  const { frozen } = live;
  const all = activity(host, live, paneWall);
  const signs = frozen === null ? all : all.filter((sign, source) => sign !== frozen[source]);
  return idleAgeMs({
    lastActivityWall: signs.length === 0 ? null : wallMs(Math.max(...signs)),
    nowWall: host.clock.wall(),
    floorMonoAgeMs: host.clock.mono() - live.idleFloorMono,
  });
}

/** When each source of signs last gave one; 0: never, or none is kept. */
const activity = (host: Host, live: Live, paneWall: number | null): readonly number[] => [
  live.start?.startedWall ?? 0,
  paneWall ?? 0,
  transcriptWall(host, live) ?? 0,
];

/**
 * The clock was set back: what has given no sign since lies in the future, and would pass for one
 * until the clock has caught up.
 */
export function freezeActivity(host: Host, live: Live): void {
  if (live.start === null || live.end !== null) return;
  const paneLog = host.files.stat(host.layout.paneLog(live.identity));
  live.frozen = activity(host, live, paneLog.state === "ok" ? paneLog.mtimeMs : null);
}

/**
 * What lies ahead is of a clock that has been set back since, while another daemon ran or before
 * this life: until it has caught up, it would pass for a sign of now. True: there is such a sign.
 */
export function freezeAhead(host: Host, live: Live): boolean {
  freezeActivity(host, live);
  const latest = host.clock.wall() + host.config.clockJumpMs;
  const { frozen } = live;
  const isAhead = frozen?.some((sign) => sign > latest) === true;
  // Equal to nothing: what lies behind is a sign as any.
  live.frozen = isAhead ? frozen.map((sign) => (sign > latest ? sign : Number.NaN)) : null;
  return isAhead;
}

function transcriptWall(host: Host, live: Live): number | null {
  if (live.presence === null) return null;
  const runtime = host.runtimes.get(live.runtime);
  return runtime?.lastActivity(live.presence.peer, live.launchEnv) ?? null;
}

/** Who is attached, from tmux itself; a child process, so only asked before a reap. */
export async function askAttached(host: Host, live: Live): Promise<number | "unknown"> {
  if (live.start === null) return "unknown";
  const answer = await host.tmux.query(live.start.socket, live.identity, "#{session_attached}");
  if (answer.state !== "answered" || !/^[0-9]{1,6}\s*$/.test(answer.text)) return "unknown";
  return Number(answer.text);
}
