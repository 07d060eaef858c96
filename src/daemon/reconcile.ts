// At start (lifecycle §5): every generation that an earlier supervisor left open is adopted,
// completed or ended, so that each has exactly one end record and no server runs unwatched.

import type { Context } from "./context.ts";
import { refreshLive, type Live } from "./live.ts";
import { partLiveness } from "./observe.ts";
import type { StartRecord } from "../core/generation.ts";
import type { GenerationId } from "../core/names.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import { lifeOf } from "../flows/session/life.ts";
import { listGenerations, pathsOf, readStart, writeStart } from "../flows/session/records.ts";
import { waitGone } from "../flows/session/signal.ts";
import { readStamp, socketFor } from "../flows/session/socket.ts";
import { teardown } from "../flows/session/teardown.ts";
import { recordUnwitnessed } from "../flows/settle.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import { wallMs } from "../core/brand.ts";

/** How long an unfinished launch of a dead launcher is waited for. */
const LAUNCHER_WAIT_MS = 10_000;
/** A server may come up this long after its client is gone. */
const COME_UP_WAIT_MS = 2000;
/** Ended generations kept for an identity; their lines stay in exits.log. */
const GENERATIONS_KEPT = 100;

/** Runs in the identity's lane. */
export async function reconcile(context: Context, live: Live): Promise<void> {
  const { host } = context;
  const generations = listGenerations(host, live.identity);
  for (const generation of generations) {
    const ref = { identity: live.identity, generation };
    if (host.files.stat(pathsOf(host, ref).end).state === "ok") continue;
    await finishStart(context, live, generation);
    if (generation !== live.doc.generation) endStray(context, live, generation);
  }
  await clearOrphan(context, live);
  prune(context, live, generations);
  refreshLive(host, live);
  live.foundDead = live.start !== null && partLiveness(host, live, "server") === "dead";
}

/** A launch whose launcher died: wait for its client, then look who is behind the socket. */
async function finishStart(context: Context, live: Live, generation: GenerationId): Promise<void> {
  const { host } = context;
  const ref = { identity: live.identity, generation };
  const start = readStart(host, ref);
  if (start === null || start.server !== undefined) return;
  if (start.bootId !== host.processes.bootId()) return;
  if (start.launcher !== undefined) await waitGone(host, start.launcher, LAUNCHER_WAIT_MS);
  const until = host.clock.mono() + COME_UP_WAIT_MS;
  while (host.clock.mono() < until) {
    const found = await serverOf(context, start);
    if (found === "none-yet") {
      await host.clock.sleep(50);
      continue;
    }
    writeStart(host, { ...start, server: found.server, ...found.pane });
    return;
  }
}

interface FoundServer {
  readonly server: ProcessRef;
  readonly pane: { readonly pane?: ProcessRef };
}

async function serverOf(context: Context, start: StartRecord): Promise<FoundServer | "none-yet"> {
  const { host } = context;
  if (host.tmux.probe(start.socket) !== "answers") return "none-yet";
  const stamped = await readStamp(host, start.identity, start.socket);
  if (stamped === null || stamped === "unknown") return "none-yet";
  if (stamped.ref.generation !== start.generation) return "none-yet";
  const server = host.processes.identify(stamped.serverPid);
  if (server === null || server === "unknown") return "none-yet";
  const answer = await host.tmux.query(start.socket, start.identity, "#{pane_pid}");
  const panePid = answer.state === "answered" ? Number(answer.text.trim()) : Number.NaN;
  const pane = Number.isSafeInteger(panePid) ? host.processes.identify(panePid) : null;
  return { server, pane: pane === null || pane === "unknown" ? {} : { pane } };
}

/**
 * A generation that its document does not name. A living one becomes the document's own, since
 * a life must not be lost sight of; a dead one gets its record.
 */
function endStray(context: Context, live: Live, generation: GenerationId): void {
  const { host } = context;
  const ref = { identity: live.identity, generation };
  const life = lifeOf(host, ref, readStart(host, ref));
  if (life.server === "alive") {
    changeDoc(host, live.identity, (doc) => ({ ...doc, generation }));
    refreshLive(host, live);
    return;
  }
  if (life.server !== "dead") return;
  const rebooted = life.start !== null && life.start.bootId !== host.processes.bootId();
  const never = life.start?.server === undefined;
  const { lastSeenWall } = context.state;
  recordUnwitnessed(host, {
    ...ref,
    start: life.start,
    cause: rebooted ? "host-reboot" : never ? "launch-failed" : "unwitnessed",
    ...(lastSeenWall === null ? {} : { since: wallMs(lastSeenWall) }),
  });
}

/** A server of ours whose generation has ended on record: no record may name a living server. */
async function clearOrphan(context: Context, live: Live): Promise<void> {
  const { host } = context;
  const socket = socketFor(host, live.identity);
  if (!socket.ok || host.tmux.probe(socket.value) !== "answers") return;
  const stamped = await readStamp(host, live.identity, socket.value);
  if (stamped === null || stamped === "unknown") return;
  if (host.files.stat(pathsOf(host, stamped.ref).end).state !== "ok") return;
  const start = readStart(host, stamped.ref);
  const server = host.processes.identify(stamped.serverPid);
  if (start === null || server === null || server === "unknown") return;
  await teardown(host, { start: { ...start, server }, reason: "session-gone", by: "daemon" });
}

function prune(context: Context, live: Live, generations: readonly GenerationId[]): void {
  const { host } = context;
  const old = generations.slice(0, Math.max(0, generations.length - GENERATIONS_KEPT));
  for (const generation of old) {
    if (generation === live.doc.generation || generation === live.doc.settled) continue;
    const paths = pathsOf(host, { identity: live.identity, generation });
    if (host.files.stat(paths.end).state === "ok") host.files.removeTree(paths.dir);
  }
}
