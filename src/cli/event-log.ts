// The three logs of lifecycle §8 as one sequence in time: what is there, and what comes.

import type { LoggedEvent, LogName } from "../core/log-event.ts";
import type { Layout } from "../core/layout.ts";
import { parseInstant } from "../formats/instant.ts";
import { parseLine } from "../formats/logfmt.ts";
import type { Files } from "../ports/files.ts";
import { splitIdentity } from "../rules/names.ts";
import { Follower } from "./follow.ts";

export interface SeenEvent extends LoggedEvent {
  readonly log: LogName;
}

export interface Wanted {
  readonly peer?: string;
  /** Wall clock, milliseconds. */
  readonly sinceWall?: number;
  /** Only the newest so many of what is there. */
  readonly newest?: number;
}

/** Rotated files that are looked through, newest first. */
const ROTATIONS_MAX = 32;

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
  const names = wanted.peer === undefined ? NO_NAMES : namesThen(files, layout, wanted.peer);
  const events = LOGS.flatMap((log) => {
    const found: SeenEvent[] = [];
    for (const { path, read } of written(files, layout, log)) {
      if (read.state === "failed") unreadable.push(`${path}: ${read.detail}`);
      if (read.state !== "ok") break;
      const inFile = eventsIn(read.text, log);
      found.unshift(...inFile.filter((event) => isWanted(event, wanted, names)));
      const isEnough = wanted.newest !== undefined && found.length >= wanted.newest;
      if (isEnough || isBefore(inFile[0], wanted.sinceWall)) break;
    }
    return found;
  }).toSorted(inTime);
  const { newest } = wanted;
  return { events: newest === undefined ? events : events.slice(-newest), unreadable };
}

/** What there is of a log, newest file first. */
function* written(files: Files, layout: Layout, log: LogName) {
  for (let n = 0; n <= ROTATIONS_MAX; n++) {
    const path = n === 0 ? pathsOf(layout)[log] : `${pathsOf(layout)[log]}.${n}`;
    const read = files.read(path);
    yield { path, read };
    if (read.state !== "ok") return;
  }
}

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
      .filter((event) => isWanted(event, wanted, NO_NAMES))
      .toSorted(inTime);
}

/** A torn or foreign line is passed over: it is no event. */
const eventsIn = (text: string, log: LogName): SeenEvent[] =>
  text.split("\n").flatMap((line) => {
    const event = line === "" ? null : parseLine(line);
    return event === null ? [] : [{ ...event, log }];
  });

function isWanted(event: SeenEvent, { peer, sinceWall }: Wanted, names: NamesThen): boolean {
  if (sinceWall !== undefined && isBefore(event, sinceWall)) return false;
  if (peer === undefined) return true;
  const about = peersOf(event);
  const isIt = (name: string): boolean => {
    const until = names.get(name);
    return about.includes(name) && (until === undefined || event.ts <= until);
  };
  return isIt(peer) || [...names.keys()].some(isIt);
}

/** Earlier names of a peer, each with the instant of the rename that ended it. */
type NamesThen = ReadonlyMap<string, string>;

const NO_NAMES: NamesThen = new Map();

/** By the renames on record, the newest first. */
function namesThen(files: Files, layout: Layout, peer: string): NamesThen {
  const renames = [...written(files, layout, "lifecycle")].flatMap(({ read }) => {
    if (read.state !== "ok") return [];
    const lines = read.text.split("\n").filter((line) => line.includes(" ev=renamed "));
    return eventsIn(lines.join("\n"), "lifecycle").toReversed();
  });
  const names = new Map<string, string>();
  let name = peer;
  for (const { ts, fields } of renames) {
    const { from, to } = fields;
    if (to !== name || from === undefined || from === peer || names.has(from)) continue;
    names.set(from, ts);
    name = from;
  }
  return names;
}

function isBefore(event: SeenEvent | undefined, wall: number | undefined): boolean {
  if (event === undefined || wall === undefined) return false;
  const at = parseInstant(event.ts);
  return at !== null && at < wall;
}

/** Whom an event is about; a rename is about two names, which are no identities. */
function peersOf({ ev, fields }: SeenEvent): readonly string[] {
  if (ev === "renamed") return [fields["from"] ?? "", fields["to"] ?? ""];
  return ["identity", "personality", "peer", "from", "to"].flatMap((key) => {
    const value = fields[key];
    if (value === undefined) return [];
    const split = splitIdentity(value);
    return split === null ? [value] : [value, split.personality];
  });
}

const inTime = (a: SeenEvent, b: SeenEvent): number => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);
