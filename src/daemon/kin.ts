// Keeps in mind what holds each living server from outside: when it has died, nobody tells any
// more. Looked at in the tick, a few at a time, so that neither a start nor a tick waits for it.

import type { Context } from "./context.ts";
import { isHolderGone, ownGroup, readKin, type Kin } from "../flows/kinship.ts";

const READ_AT_ONCE = 20;

export function noteKin({ host, lives }: Context): void {
  const gone = new Map<Kin, boolean>();
  const isGone = (kin: Kin) => {
    const known = gone.get(kin);
    if (known !== undefined) return known;
    const answer = isHolderGone(host, kin);
    gone.set(kin, answer);
    return answer;
  };
  let left = READ_AT_ONCE;
  let own: string | null | undefined;
  for (const live of lives.values()) {
    const server = live.start?.server;
    if (server === undefined || !live.armed.has("server")) {
      live.kin = null;
      continue;
    }
    // One that outlived its holder has another by now.
    if (live.kin !== null && !isGone(live.kin)) continue;
    live.kin = null;
    if (left === 0) continue;
    left -= 1;
    if (own === undefined) own = ownGroup(host);
    const read = readKin(host, server.pid, own);
    live.kin = read === null ? null : shared(read, gone);
  }
}

/** A thousand sessions have a handful of holders: each is kept, and asked about, once. */
function shared(read: Kin, gone: Map<Kin, boolean>): Kin {
  const key = keyOf(read);
  for (const [kin, isGone] of gone) if (!isGone && keyOf(kin) === key) return kin;
  gone.set(read, false);
  return read;
}

const keyOf = ({ parent, group }: Kin): string =>
  `${parent?.pid ?? ""} ${parent?.start ?? ""} ${group ?? ""}`;
