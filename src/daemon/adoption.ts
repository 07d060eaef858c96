// Takes over what an earlier supervisor left (lifecycle §5): each identity in its own lane, where
// whatever comes meanwhile waits for it.

import { noteBug } from "./bug.ts";
import { isConcerned } from "./concerned.ts";
import type { Context } from "./context.ts";
import { createLimit } from "../core/limit.ts";
import { isHidden, isUnfinished, type Live } from "./live.ts";
import { adopt, admitLeftovers, refreshMembers } from "./members.ts";
import { freezeAhead } from "./observe.ts";
import { missedEnd, reconcile } from "./reconcile.ts";
import { applyJump, readyRoot } from "./tick.ts";
import { lastSeenAt } from "./unseen.ts";
import { takeUpFresh } from "./verbs/self.ts";
import { armLife } from "./watches.ts";
import type { EndRecord } from "../core/generation.ts";
import type { Personality } from "../core/names.ts";
import { lastBeat } from "../flows/service/last-daemon.ts";
import { isOfThisBoot } from "../flows/session/life.ts";
import type { Host } from "../ports/host.ts";

/** Identities adopted at once: each may wait for a launch that its launcher never finished. */
const ADOPT_AT_ONCE = 32;

/**
 * Resolves when all are adopted whom this supervisor is about. Every lane is entered at once, so
 * that whatever comes meanwhile finds its peer adopted; those that may have to be waited for keep
 * no others waiting.
 */
export async function adoptAll(context: Context): Promise<void> {
  const { host, incidents } = context;
  readyRoot(context);
  lookBack(context);
  look(context);
  const limit = createLimit(ADOPT_AT_ONCE);
  const all = [...context.lives.values()]
    .filter((live) => isConcerned(context, live))
    .toSorted((a, b) => Number(mayTakeLong(host, a)) - Number(mayTakeLong(host, b)));
  const rebooted = all.filter(
    ({ start, end }) => end === null && start !== null && !isOfThisBoot(host, start),
  );
  incidents.reboot(rebooted.map(({ identity }) => identity));
  const missed: EndRecord[] = [];
  const adoptions = all.map((live) => {
    const adopted = context.lanes.run(live.identity, () =>
      limit(async () => void missed.push(...(await adoptOne(context, live)))),
    );
    live.adopting = adopted;
    return adopted;
  });
  await Promise.all(adoptions);
  incidents.missed(missed);
}

/** Its server has to be found by its socket, and may hang. */
const mayTakeLong = (host: Host, live: Live): boolean =>
  isHidden(live) || isUnfinished(host, live);

/** Ends that nobody supervised, before anything is done about them. */
async function adoptOne(context: Context, live: Live): Promise<readonly EndRecord[]> {
  const { host } = context;
  try {
    // The next supervisor does it.
    if (context.isClosing()) return [];
    if (!host.manager.manages(live.personality)) await reconcile(context, live);
    adopt(host, live);
    const isAhead = freezeAhead(host, live);
    if (isAhead && context.clocks.floorMono === null) live.idleFloorMono = host.clock.mono();
    armLife(context.watches, live);
    if (context.concerned === null) takeUpFresh(context, live);
    return missedEnd(live);
  } catch (error) {
    // As in a tick: nobody else goes without a daemon for it.
    noteBug(host, live, error);
    return [];
  } finally {
    live.adopting = null;
  }
}

/** Null: nothing of this peer is still to be adopted. */
export function adoptionOf(
  { lives }: Pick<Context, "lives">,
  personality: Personality,
): Promise<unknown> | null {
  const pending = lives.ofPeer(personality).flatMap(({ adopting }) => adopting ?? []);
  return pending.length === 0 ? null : Promise.all(pending);
}

function look(context: Context): void {
  refreshMembers(context);
  admitLeftovers(context);
}

/** What the last heartbeat says: since when nobody has looked, and whether the clock jumped. */
function lookBack(context: Context): void {
  const { host, state, clocks } = context;
  const beat = lastBeat(host);
  const known = beat !== null && beat.bootId === host.processes.bootId();
  const jump = known ? clocks.lookBack(beat) : null;
  const setMs = jump?.kind === "set" ? jump.deltaMs : 0;
  if (beat !== null) state.lastSeen = lastSeenAt(beat, setMs);
  // Without a word of this boot nobody knows how its clocks went: idle ages begin anew.
  if (!known) clocks.floorMono = host.clock.mono();
  if (clocks.floorMono === null) return;
  look(context);
  for (const live of context.lives.values()) live.idleFloorMono = clocks.floorMono;
  if (jump !== null) applyJump(context, jump);
}
