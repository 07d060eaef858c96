// Takes over what an earlier supervisor left (lifecycle §5): each identity in its own lane, where
// whatever comes meanwhile waits for it.

import type { Context } from "./context.ts";
import { createLimit } from "./lanes.ts";
import type { Live } from "./live.ts";
import { adopt, admitLeftovers, refreshMembers } from "./members.ts";
import { missedEnd, reconcile } from "./reconcile.ts";
import { applyJump, readyRoot } from "./tick.ts";
import { armLife } from "./watches.ts";
import { wallMs } from "../core/brand.ts";
import { parseHeartbeat } from "../formats/heartbeat.ts";

/** Identities adopted at once: each may wait for a launch that its launcher never finished. */
const ADOPT_AT_ONCE = 32;

/** Resolves when all are adopted; every lane is entered at once. */
export async function adoptAll(context: Context): Promise<void> {
  readyRoot(context);
  lookBack(context);
  look(context);
  const limit = createLimit(ADOPT_AT_ONCE);
  const all = [...context.lives.values()];
  const boot = context.host.processes.bootId();
  const rebooted = all.filter(
    ({ start, end }) => end === null && (start?.bootId ?? boot) !== boot,
  );
  context.incidents.reboot(rebooted.map(({ identity }) => identity));
  await Promise.all(
    // The lane is entered at once: a verb that comes meanwhile finds its peer adopted.
    all.map((live) =>
      context.lanes.run(live.identity, () => limit(() => adoptOne(context, live))),
    ),
  );
  context.incidents.missed(all.flatMap(missedEnd));
}

async function adoptOne(context: Context, live: Live): Promise<void> {
  if (!context.host.manager.manages(live.personality)) await reconcile(context, live);
  adopt(context.host, live);
  armLife(context.watches, live);
}

function look(context: Context): void {
  refreshMembers(context);
  admitLeftovers(context);
}

/** What the last heartbeat says: since when nobody has looked, and whether the clock jumped. */
function lookBack(context: Context): void {
  const { host, state, clocks } = context;
  const read = host.files.read(host.layout.heartbeat);
  const beat = read.state === "ok" ? parseHeartbeat(read.text) : null;
  if (beat !== null) state.lastSeenWall = wallMs(beat.wall);
  const known = beat !== null && beat.bootId === host.processes.bootId();
  const jump = known ? clocks.lookBack(beat) : null;
  // Without a word of this boot nobody knows how its clocks went: idle ages begin anew.
  if (!known) clocks.floorMono = host.clock.mono();
  if (clocks.floorMono === null) return;
  look(context);
  for (const live of context.lives.values()) live.idleFloorMono = clocks.floorMono;
  if (jump !== null) applyJump(context, jump);
}
