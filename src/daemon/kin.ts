// Keeps in mind what holds each living server from outside: when it has died, nobody tells any
// more. Looked at in the tick, a few at a time, so that neither a start nor a tick waits for it.

import type { Context } from "./context.ts";
import { isHolderGone, readKin, type Kin } from "../flows/kinship.ts";

const READ_AT_ONCE = 50;

export function noteKin({ host, lives }: Context): void {
  const isGone = rememberedBy(keyOf, (kin: Kin) => isHolderGone(host, kin));
  let left = READ_AT_ONCE;
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
    live.kin = readKin(host, server.pid);
  }
}

const keyOf = ({ parent, group }: Kin): string =>
  `${parent?.pid ?? ""} ${parent?.start ?? ""} ${group ?? ""}`;

/** A thousand sessions have a handful of holders: each is asked about once. */
function rememberedBy<T>(key: (of: T) => string, ask: (of: T) => boolean): (of: T) => boolean {
  const known = new Map<string, boolean>();
  return (of) => {
    const name = key(of);
    const answer = known.get(name) ?? ask(of);
    known.set(name, answer);
    return answer;
  };
}
