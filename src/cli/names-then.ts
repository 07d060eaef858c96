// Under which names a peer stands in the logs, and from when to when (lifecycle §8): it may have
// had others before, and whoever had its name before may be gone. Pure.

/** A peer gave a name up: for another one, or, without `to`, because it was removed. */
export interface Leaving {
  readonly ts: string;
  readonly from: string;
  readonly to?: string;
}

/** Instants as the logs have them. */
export interface NameThen {
  readonly name: string;
  /** Excluded: when its last bearer left it. */
  readonly after?: string;
  /** Included: when it was taken, by a rename that is about both names. */
  readonly since?: string;
  /** Included: when it was given up. */
  readonly until?: string;
}

/** The names of the peer that is called so now; `leavings` newest first, as below. */
export function namesOfBearer(name: string, leavings: readonly Leaving[]): readonly NameThen[] {
  const names: NameThen[] = [];
  let then: NameThen = { name };
  for (const { ts, from, to } of leavings) {
    if (to === then.name) {
      names.push({ ...then, since: ts });
      then = { name: from, until: ts };
    } else if (from === then.name) return [...names, { ...then, after: ts }];
  }
  return [...names, then];
}

/** Nobody is called so: all that ever was, and the earlier names of who was called so last. */
export function namesOfNobody(name: string, leavings: readonly Leaving[]): readonly NameThen[] {
  const last = leavings.findIndex(({ from, to }) => from === name || to === name);
  const before = leavings[last]?.from === name ? leavings.slice(last + 1) : leavings;
  return [{ name }, ...namesOfBearer(name, before)];
}

/** How its last bearer is called now; null: it was removed. */
export function nameNow(name: string, leavings: readonly Leaving[]): string | null {
  let now: string | undefined = name;
  let at = leavings.findIndex(({ from }) => from === name);
  while (at !== -1) {
    now = leavings[at]?.to;
    // The next one by this bearer: others may have had that name since.
    at = leavings.slice(0, at).findLastIndex(({ from }) => from === now);
  }
  return now ?? null;
}

export const isThen = (ts: string, { after, since, until }: NameThen): boolean =>
  (after === undefined || ts > after) &&
  (since === undefined || ts >= since) &&
  (until === undefined || ts <= until);
