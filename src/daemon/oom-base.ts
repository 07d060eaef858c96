// Keeps `state/iapeer/oom-kills` up to date for the witnesses (lifecycle §5): one file for all
// peers, looked after at each pass, since to wake for it alone costs more than the look.

import type { Context } from "./context.ts";
import { renderOomBase } from "../formats/oom-base.ts";
import { readOomKills } from "../flows/pressure.ts";

/** The file says again and again that somebody still looks. */
const STAMP_MS = 50_000;

/** Called at each pass; writes nothing where the kernel tells no such count. */
export function oomBaseKeeper({ host }: Pick<Context, "host">): () => void {
  let latest: number | null = null;
  let written: { readonly kills: number; readonly wall: number } | null = null;
  return () => {
    // As of the look before this one: a kill of this very moment is not in it yet.
    const kills = latest ?? readOomKills(host);
    if (kills === null) return;
    latest = readOomKills(host) ?? kills;
    const wall = host.clock.wall();
    const ageMs = written?.kills === kills ? wall - written.wall : Number.NaN;
    if (ageMs >= 0 && ageMs < STAMP_MS) return;
    const text = renderOomBase({ wallSecs: Math.floor(wall / 1000), kills });
    const outcome = host.files.writeAtomic(host.layout.oomBase, text);
    if (outcome.state === "ok") written = { kills, wall };
  };
}
