// The three logs of lifecycle §8 as one sequence in time: what is there, and what comes.

import type { LoggedEvent, LogName } from "../core/log-event.ts";
import type { Layout } from "../core/layout.ts";
import { parseInstant } from "../formats/instant.ts";
import { parseLine } from "../formats/logfmt.ts";
import type { Files } from "../ports/files.ts";
import { splitIdentity } from "../rules/names.ts";
import { Follower } from "./follow.ts";
import { logParts } from "../flows/log-parts.ts";
import { isThen, type Leaving, type NameThen } from "./names-then.ts";

export interface SeenEvent extends LoggedEvent {
  readonly log: LogName;
}

export interface Wanted {
  readonly about?: About;
  /** Wall clock, milliseconds. */
  readonly sinceWall?: number;
  /** Only the newest so many of what is there. */
  readonly newest?: number;
}

/** One peer, under each of its names; with a runtime, only that identity of it. */
export interface About {
  readonly names: readonly NameThen[];
  readonly runtime?: string;
}

const pathsOf = (layout: Layout): Readonly<Record<LogName, string>> => ({
  lifecycle: layout.lifecycleLog,
  exits: layout.exitsLog,
  delivery: layout.deliveryLog,
});

const LOGS: readonly LogName[] = ["lifecycle", "exits", "delivery"];

export interface PastEvents {
  readonly events: readonly SeenEvent[];
  readonly unreadable: readonly string[];
}

/** What the logs hold, oldest first. */
export function pastEvents(files: Files, layout: Layout, wanted: Wanted): PastEvents {
  const unreadable: string[] = [];
  const events = LOGS.flatMap((log) => {
    const found: SeenEvent[] = [];
    for (const { path, read } of written(files, layout, log)) {
      if (read.state === "failed") unreadable.push(`${path}: ${read.detail}`);
      if (read.state !== "ok") break;
      const inFile = eventsIn(read.text, log);
      found.unshift(...inFile.filter((event) => isWanted(event, wanted)));
      const isEnough = wanted.newest !== undefined && found.length >= wanted.newest;
      if (isEnough || isBefore(inFile[0], wanted.sinceWall)) break;
    }
    return found;
  }).toSorted(inTime);
  const { newest } = wanted;
  const from = newest === undefined ? 0 : Math.max(0, events.length - newest);
  return { events: events.slice(from), unreadable };
}

/** What there is of a log, newest file first. */
const written = (files: Files, layout: Layout, log: LogName) =>
  logParts(files, pathsOf(layout)[log], (path) => files.read(path));

/** Follows all three logs; each call returns what came since the last. */
export function followEvents(files: Files, layout: Layout): (wanted: Wanted) => SeenEvent[] {
  const followers = LOGS.map((log) => ({
    log,
    follower: new Follower(files, pathsOf(layout)[log], 0),
    rest: "",
  }));
  return (wanted) =>
    followers
      .flatMap((one) => {
        const text = one.rest + one.follower.poll();
        const end = text.lastIndexOf("\n") + 1;
        one.rest = text.slice(end);
        return eventsIn(text.slice(0, end), one.log);
      })
      .filter((event) => isWanted(event, wanted))
      .toSorted(inTime);
}

/** A torn or foreign line is passed over: it is no event. */
const eventsIn = (text: string, log: LogName): SeenEvent[] =>
  text.split("\n").flatMap((line) => {
    const event = line === "" ? null : parseLine(line);
    return event === null ? [] : [{ ...event, log }];
  });

function isWanted(event: SeenEvent, { about, sinceWall }: Wanted): boolean {
  if (sinceWall !== undefined && isBefore(event, sinceWall)) return false;
  if (about === undefined) return true;
  return about.names.some(
    (then) => isThen(event.ts, then) && isToldOf(event, then.name, about.runtime),
  );
}

/** Every name that was given up, by the renames and removals on record, the newest first. */
export function leavingsIn(files: Files, layout: Layout): readonly Leaving[] {
  const askedLast = new Map<string, string>();
  return [...written(files, layout, "lifecycle")].flatMap(({ read }) => {
    if (read.state !== "ok") return [];
    const lines = read.text.split("\n").filter((line) => LEAVING.test(line));
    return eventsIn(lines.join("\n"), "lifecycle")
      .toReversed()
      .flatMap((event) => leavingOf(event, askedLast));
  });
}

const LEAVING = / ev=(?:renamed|removed) | ev=asked .* verb=remove .* result=done$/;

/** `askedLast`: when it was told who had asked for a removal, which is the last line about it. */
function leavingOf(
  { ev, ts, fields }: SeenEvent,
  askedLast: Map<string, string>,
): readonly Leaving[] {
  const { from, to, personality, identity = "" } = fields;
  if (ev === "asked") {
    askedLast.set(splitIdentity(identity)?.personality ?? identity, ts);
    return [];
  }
  if (ev === "removed") {
    if (personality === undefined) return [];
    const last = askedLast.get(personality) ?? ts;
    askedLast.delete(personality);
    return [{ ts: last, from: personality }];
  }
  return ev !== "renamed" || from === undefined || to === undefined ? [] : [{ ts, from, to }];
}

function isBefore(event: SeenEvent | undefined, wall: number | undefined): boolean {
  if (event === undefined || wall === undefined) return false;
  const at = parseInstant(event.ts);
  return at !== null && at < wall;
}

/** Some fields hold names, others identities or `operator`; a rename is about two names. */
function isToldOf({ ev, fields }: SeenEvent, name: string, runtime?: string): boolean {
  const valuesOf = (keys: readonly string[]) => keys.flatMap((key) => fields[key] ?? []);
  const identities = valuesOf(ev === "renamed" ? ["identity"] : ["identity", "from", "to"]);
  if (runtime !== undefined) return identities.includes(`${runtime}-${name}`);
  return [
    ...valuesOf(ev === "renamed" ? ["from", "to"] : ["personality", "peer"]),
    ...identities,
    ...identities.map((identity) => splitIdentity(identity)?.personality),
  ].includes(name);
}

const inTime = (a: SeenEvent, b: SeenEvent): number => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);
