// Keeps `state/iapeer/oom-kills` up to date for the witnesses (lifecycle §5): one file for all
// peers, looked after at each pass, since to wake for it alone costs more than the look; between
// passes only where they are so far apart that the file would say nothing most of the time.

import type { Context } from "./context.ts";
import { OOM_BASE_FRESH_SECS, renderOomBase } from "../formats/oom-base.ts";
import { readOomKills } from "../flows/pressure.ts";
import type { Host } from "../ports/host.ts";

/** The file says again and again that somebody still looks. */
const STAMP_MS = 50_000;

/** Half of how long the file counts. */
const LOOK_MS = (OOM_BASE_FRESH_SECS * 1000) / 2;

type Keeping = Pick<Context, "host" | "isClosing">;

/** Called at each pass; writes nothing where the kernel tells no such count. */
export function oomBaseKeeper({ host, isClosing }: Keeping): () => void {
  const note = baseWriter(host);
  if (host.config.tickMs <= LOOK_MS) return note;
  let cancel: (() => void) | null = null;
  return function look(): void {
    cancel?.();
    if (isClosing()) return;
    note();
    cancel = host.clock.after(LOOK_MS, look);
  };
}

function baseWriter(host: Host): () => void {
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
