// The periodic pass (lifecycle §4): observe everybody, plan, and enqueue those about whom there
// is something to do. In the steady state it costs no child process, and two small files written.

import { noteBug } from "./bug.ts";
import type { Context } from "./context.ts";
import { remember } from "./decision-log.ts";
import { payRecord } from "./end-life.ts";
import { writeMissingLines } from "./exit-lines.ts";
import { noteJump, writeHeartbeat } from "./heartbeat.ts";
import { keepHouse } from "./housekeeping.ts";
import { noteKin, wantKin } from "./kin.ts";
import { isHidden, isUnfinished, refreshLive, type Live } from "./live.ts";
import { isHaunted } from "./orphan.ts";
import { mendRegistry } from "./lost-registry.ts";
import { refreshMembers } from "./members.ts";
import { freezeActivity, observe } from "./observe.ts";
import { scheduleNext } from "./timers.ts";
import { recordAllExpected } from "./unrecorded.ts";
import { isStill, noteStill, type Round } from "./still.ts";
import { armLife } from "./watches.ts";
import { paneLogOwner } from "../core/layout.ts";
import type { Identity } from "../core/names.ts";
import { labelOf } from "../core/service.ts";
import { finishRenames } from "../flows/peers/cut-rename.ts";
import { prepareRoot } from "../flows/storage/root.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import { shiftDoc } from "../rules/clock-jump.ts";
import type { Host } from "../ports/host.ts";
import { planIdentity } from "../rules/plan.ts";
import type { Jump } from "./clock-watch.ts";

/** Clean-up of logs and forensics, every so many ticks. */
const HOUSEKEEPING_TICKS = 30;

/** So often each identity's processes are looked at in full, in case a watch has gone deaf. */
const DOUBT_TICKS = 10;
/** And where the kernel has been asked about all of them, in case something is wrong here. */
const DOUBT_TICKS_TOLD = 30;

export function tick(context: Context): void {
  const { host, state } = context;
  const begun = host.clock.mono();
  noticeJump(context);
  readyRoot(context);
  refreshMembers(context);
  if (state.registryLost === true) mendRegistry(context);
  recordAllExpected(context);
  writeMissingLines(context);
  context.incidents.look();
  host.processes.reapOrphans();
  const busy: Identity[] = [];
  // Before anybody is looked at: what happens meanwhile is told in the next pass.
  const round: Round = {
    now: { wall: host.clock.wall() },
    caughtUp: context.watches.watch.catchUp(),
    changed: context.paneLogs.take(),
  };
  wakeTold(context, round);
  const doubtTicks = isTold(round) ? DOUBT_TICKS_TOLD : DOUBT_TICKS;
  let index = 0;
  let alive = 0;
  for (const live of context.lives.values()) {
    const isTurn = (index + state.ticks) % doubtTicks === 0;
    index += 1;
    if (!isTurn && context.rest.has(live)) alive += 1;
    else {
      if (live.adopting === null && !look(context, live, { ...round, isTurn })) {
        busy.push(live.identity);
      }
      if (live.armed.has("server")) alive += 1;
    }
  }
  for (const identity of busy) context.enqueue(identity);
  noteKin(context);
  state.ticks += 1;
  if (state.ticks % HOUSEKEEPING_TICKS === 1) keepHouse(context);
  state.lastTickMs = host.clock.mono() - begun;
  writeHeartbeat(context, alive);
}

const isTold = ({ caughtUp, changed }: Round): boolean => caughtUp && changed !== null;

/** Whoever rests is looked at again once anything is told that may be about it. */
function wakeTold({ host, rest, lives, state }: Context, { now, caughtUp, changed }: Round): void {
  if (!caughtUp || changed === null || host.config.verboseSupervise) return rest.wakeAll();
  rest.wakeUnless(`${state.registryStamp}${managedIn(host)}`);
  rest.wakeDue(now);
  for (const name of changed) rest.wake(lives.get(paneLogOwner(name)));
}

/** Who of those that a service manager has a job of is held by it. */
const managedIn = ({ manager }: Host): string =>
  manager
    .held()
    .map((id) => ` ${labelOf(id)}=${id.kind === "peer" && manager.manages(id.personality)}`)
    .join("");

/** False: something is to be done about it. */
function look(context: Context, live: Live, round: Round & { readonly isTurn: boolean }): boolean {
  const { rest, lanes, talks } = context;
  rest.wake(live);
  live.doubted = round.isTurn;
  const rests = isAtRest(context, live, round);
  wantKin(context, live);
  if (!rests) return false;
  const isBusy = lanes.busy(live.identity) || talks.busy(live.identity);
  if (live.still !== null && isTold(round) && !isBusy) rest.add(live, live.still.untilWall);
  return true;
}

/** What goes wrong about one identity is a bug, is told as one, and keeps nobody else waiting. */
function isAtRest(context: Context, live: Live, round: Round): boolean {
  const { host } = context;
  try {
    if (isStill(host, live, round)) return true;
    live.still = null;
    payRecord(context, live);
    if (live.unsure || !live.docKnown) refreshLive(host, live);
    armLife(context.watches, live);
    const view = observe(host, live);
    const decision = planIdentity(view, round.now, host.config);
    const isCutOff = () => live.startOwed || isUnfinished(host, live) || isHidden(live);
    const isOpen = () => isCutOff() || isHaunted(host, live);
    if (decision.action !== "none" || (!view.managed && isOpen())) return false;
    remember(host, live, decision);
    scheduleNext(context, live, decision.untilWall ?? null);
    live.still = noteStill(host, live, decision);
  } catch (error) {
    noteBug(host, live, error);
    live.still = null;
  } finally {
    live.doubted = false;
  }
  return true;
}

/**
 * On a full disk, or with something in their place, folders cannot be made yet: said, and tried
 * again at the next tick.
 */
export function readyRoot(context: Context): void {
  const { host, state } = context;
  if (state.rootReady) return;
  const prepared = prepareRoot(host);
  const [trouble] = prepared.ok ? prepared.value : [prepared.error];
  state.rootReady = trouble === undefined;
  delete state.rootTrouble;
  if (prepared.ok && state.renamesFinished !== true) {
    finishRenames(host);
    state.renamesFinished = true;
  }
  if (trouble === undefined) return;
  state.rootTrouble = trouble.message;
  const fields = { detail: trouble.message, next: "tried again at the next tick" };
  host.log.write("lifecycle", { ev: "root-unready", fields });
}

/** Before anything is planned, so that a jump reaps and restarts nobody. */
export function noticeJump(context: Context): void {
  const jump = context.clocks.look();
  if (jump !== null) applyJump(context, jump);
}

/**
 * Cut off in between, documents end up too far back, which only forgets: never ahead, which
 * would hold a peer down until the clock caught up.
 */
export function applyJump(context: Context, jump: Jump): void {
  const { host } = context;
  const now = host.clock.mono();
  context.rest.wakeAll();
  for (const live of context.lives.values()) {
    live.idleFloorMono = now;
    if (jump.kind === "set" && jump.deltaMs < 0) freezeActivity(host, live);
  }
  const ahead = jump.kind !== "set" || jump.deltaMs > 0;
  if (ahead) noteJump(context, jump);
  if (jump.kind === "set") shiftDocs(context, jump.deltaMs);
  if (!ahead) noteJump(context, jump);
}

function shiftDocs(context: Context, deltaMs: number): void {
  const { host } = context;
  for (const live of context.lives.values()) {
    const { deaths, restart } = live.doc;
    if (deaths.length === 0 && restart.notBeforeWall === null) continue;
    // Its holder notices the jump too: twice would be wrong again.
    if (host.manager.manages(live.personality)) continue;
    changeDoc(host, live.identity, (doc) => shiftDoc(doc, deltaMs));
    refreshLive(host, live);
  }
}
