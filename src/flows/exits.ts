// How lives ended, read from the records themselves: end.json is the truth, exits.log only its
// echo (lifecycle §5), so a repeated or missing line never shows.

import { isUnstarted, type EndRecord } from "../core/generation.ts";
import type { Identity, Personality } from "../core/names.ts";
import type { Host } from "../ports/host.ts";
import { splitIdentity } from "../rules/names.ts";
import { type GenerationRef, listGenerations, readEnd } from "./session/records.ts";
import { listNames } from "./storage/list-names.ts";

export interface Exits {
  /** Oldest first. */
  readonly ends: readonly EndRecord[];
  /** Records that are there but say nothing. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
  /** Older generations that were not looked at. */
  readonly passedOver: number;
  /** Launches that were left out, see `lastTryOnly`. */
  readonly leftOut: number;
}

export interface ExitsWanted {
  readonly personality?: Personality;
  /** Only the newest so many. */
  readonly newest?: number;
  /** Of the launches of an identity before which nothing was started, the latest stands for all. */
  readonly lastTryOnly?: boolean;
}

/** How many generations are looked at, the newest first. */
const GENERATIONS_READ_MAX = 20_000;

export function readExits(host: Host, wanted: ExitsWanted): Exits {
  const { personality, newest } = wanted;
  const refs = identitiesOf(host, personality).flatMap((identity) =>
    newestGenerations(host, identity, newest),
  );
  refs.sort((a, b) => order(b.generation, a.generation));
  const ends: EndRecord[] = [];
  const unreadable: { path: string; why: string }[] = [];
  for (const ref of refs.slice(0, GENERATIONS_READ_MAX)) {
    const read = readEnd(host, ref);
    if (read.state === "recorded") ends.push(read.end);
    if (read.state === "corrupt" || read.state === "failed") {
      const { end } = host.layout.generation(ref.identity, ref.generation);
      unreadable.push({ path: end, why: read.detail });
    }
  }
  ends.sort((a, b) => order(a.ts, b.ts) || order(a.generation, b.generation));
  const told = wanted.lastTryOnly === true ? withoutEarlierTries(ends) : ends;
  return {
    ends: newest === undefined ? told : told.slice(Math.max(0, told.length - newest)),
    unreadable,
    passedOver: Math.max(0, refs.length - GENERATIONS_READ_MAX),
    leftOut: ends.length - told.length,
  };
}

/** An always-on peer that cannot be started is tried for ever, and would crowd out the others. */
function withoutEarlierTries(ends: readonly EndRecord[]): readonly EndRecord[] {
  const latest = new Map(ends.filter(isUnstarted).map((end) => [end.identity, end]));
  return ends.filter((end) => !isUnstarted(end) || latest.get(end.identity) === end);
}

/** Lives of one identity follow each other, so its newest ends are in its newest generations. */
function newestGenerations(
  host: Host,
  identity: Identity,
  newest: number | undefined,
): readonly GenerationRef[] {
  const generations = listGenerations(host, identity);
  // One more, because the newest may still be alive.
  const from = newest === undefined ? 0 : Math.max(0, generations.length - newest - 1);
  return generations.slice(from).map((generation) => ({ identity, generation }));
}

/** Those that have ever lived, from the folders' names. */
function identitiesOf(host: Host, personality: Personality | undefined): readonly Identity[] {
  return listNames(host, host.layout.sessionsDir).flatMap((name) => {
    const split = splitIdentity(name);
    if (split === null) return [];
    return personality === undefined || split.personality === personality ? [split.identity] : [];
  });
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
