// Keeps in mind what holds each living server from outside: when it has died, nobody tells any
// more. Looked at in the tick, a few at a time, so that neither a start nor a tick waits for it.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { isHolderGone, ownGroup, readKin, type Kin } from "../flows/kinship.ts";

const READ_AT_ONCE = 20;

export interface KinNotes {
  /** It is not known yet what holds them. */
  readonly unread: Set<Live>;
  /** A thousand sessions have a handful of holders: each is kept, and asked about, once. */
  readonly known: Set<Kin>;
}

/** Of one that is looked at. */
export function wantKin({ kin }: Pick<Context, "kin">, live: Live): void {
  if (!live.armed.has("server")) live.kin = null;
  else if (live.kin === null) kin.unread.add(live);
}

export function noteKin({ host, lives, kin }: Context): void {
  const gone = [...kin.known].filter((one) => isHolderGone(host, one));
  for (const one of gone) forget(one, kin, lives.values());
  let left = READ_AT_ONCE;
  let own: string | null | undefined;
  for (const live of kin.unread) {
    if (left === 0) return;
    left -= 1;
    kin.unread.delete(live);
    const server = live.start?.server;
    if (server === undefined || !live.armed.has("server")) continue;
    if (own === undefined) own = ownGroup(host);
    const read = readKin(host, server.pid, own);
    live.kin = read === null ? null : shared(read, kin.known);
  }
}

/** Those that outlived their holder have another by now. */
function forget(gone: Kin, { known, unread }: KinNotes, lives: Iterable<Live>): void {
  known.delete(gone);
  for (const live of lives) {
    if (live.kin !== gone) continue;
    live.kin = null;
    unread.add(live);
  }
}

function shared(read: Kin, known: Set<Kin>): Kin {
  const key = keyOf(read);
  for (const one of known) if (keyOf(one) === key) return one;
  known.add(read);
  return read;
}

const keyOf = ({ parent, group }: Kin): string =>
  `${parent?.pid ?? ""} ${parent?.start ?? ""} ${group ?? ""}`;
