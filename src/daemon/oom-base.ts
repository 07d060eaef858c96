// Keeps `state/iapeer/oom-kills` up to date for the witnesses (lifecycle §5): one file for all
// peers, looked after every few seconds, and written only when there is something to say.

import type { Context } from "./context.ts";
import { renderOomBase } from "../formats/oom-base.ts";
import { readOomKills } from "../flows/pressure.ts";

/** A kill is told of for one or two of these: about as long as a death by it takes to be seen. */
const LOOK_MS = 5000;
/** The file says again and again that somebody still looks. */
const STAMP_MS = 60_000;

/** Until the supervisor ends; not at all where the kernel tells no such count. */
export function keepOomBase(context: Pick<Context, "host" | "state" | "hurry">): void {
  const { host, state, hurry } = context;
  let latest = readOomKills(host);
  let written: { readonly kills: number; readonly wall: number } | null = null;
  let cancel = (): void => undefined;
  const look = (): void => {
    // As of the look before this one: a kill of this very moment is not in it yet.
    const kills = latest;
    if (kills === null || state.closing) return;
    latest = readOomKills(host) ?? kills;
    const wall = host.clock.wall();
    const ageMs = written?.kills === kills ? wall - written.wall : Number.NaN;
    if (!(ageMs >= 0 && ageMs < STAMP_MS)) {
      const text = renderOomBase({ wallSecs: Math.floor(wall / 1000), kills });
      const outcome = host.files.writeAtomic(host.layout.oomBase, text);
      if (outcome.state === "ok") written = { kills, wall };
    }
    cancel = host.clock.after(LOOK_MS, look);
  };
  hurry.signal.addEventListener("abort", () => cancel(), { once: true });
  look();
}
