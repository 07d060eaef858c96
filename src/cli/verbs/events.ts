// `iapeer events`: a plain tail of the three logs, in the order of time (lifecycle §8).

import { findPeer } from "../../flows/peers/find.ts";
import { parseDuration } from "../../formats/duration.ts";
import { parseInstant } from "../../formats/instant.ts";
import { renderValue } from "../../formats/logfmt.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";
import { usage } from "../args.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import {
  type About,
  followEvents,
  leavingsIn,
  pastEvents,
  type SeenEvent,
  type Wanted,
} from "../event-log.ts";
import { peerNamed } from "../look.ts";
import { asked, cut, isCutUntold, isNone, newestOf } from "../newest.ts";
import { namesOfBearer, namesOfNobody } from "../names-then.ts";
import { visible } from "../render/text.ts";

const SHOWN = 50;
const POLL_MS = 200;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, terminal } = context;
  const { host } = await context.app();
  const peer = args.text("peer");
  const about = peer === undefined ? {} : { about: aboutPeer(host, peer) };
  const newest = newestOf(context, args.has("since") ? undefined : SHOWN);
  const wanted = { ...sinceOf(context, host.clock), ...asked(newest), ...about };
  // Made before the past is read, so that nothing falls between the two.
  const follow = args.has("follow") ? followEvents(host.files, host.layout) : undefined;
  const { events, unreadable } = pastEvents(host.files, host.layout, wanted);
  for (const event of cut(events, newest)) print(context, event);
  for (const detail of unreadable) output.warn(visible(detail));
  // One that was removed has events; of one that never was, nothing would ever come.
  if (peer !== undefined && events.length === 0) peerNamed(await context.app(), named(peer));
  if (follow === undefined) {
    if (events.length === 0 && !isNone(newest)) output.note(nothing(args));
    if (isCutUntold(events, newest)) output.note("older events are left out; --all shows all");
    return unreadable.length > 0 ? 1 : 0;
  }
  const shown = new Set(events.map(keyOf));
  while (!terminal.interrupted.aborted) {
    for (const event of follow(wanted)) if (!shown.has(keyOf(event))) print(context, event);
    await host.clock.sleep(POLL_MS, terminal.interrupted);
  }
  return 0;
}

function nothing(args: VerbContext["args"]): string {
  const [peer, since] = [args.text("peer"), args.text("since")];
  const about = peer === undefined ? "" : ` about ${peer}`;
  if (since !== undefined) return `nothing${about} since ${since}`;
  return peer === undefined ? "nothing has happened yet" : `nothing${about} yet`;
}

/**
 * Whoever bears the name now, and not an earlier peer of the name, unless nobody does. The logs are
 * read first: who is removed in between bears it no more.
 */
function aboutPeer(host: Host, word: string): About {
  const leavings = leavingsIn(host.files, host.layout);
  if (findPeer(host, word).ok) return { names: namesOfBearer(word, leavings) };
  const split = splitIdentity(word);
  if (split === null || !findPeer(host, split.personality).ok) {
    return { names: namesOfNobody(word, leavings) };
  }
  return { runtime: split.runtime, names: namesOfBearer(split.personality, leavings) };
}

/** An identity stands for its peer. */
const named = (word: string): string => splitIdentity(word)?.personality ?? word;

const keyOf = (event: SeenEvent): string => JSON.stringify([event.log, event.ts, event.fields]);

function sinceOf({ args }: VerbContext, clock: Clock): Pick<Wanted, "sinceWall"> {
  const since = args.text("since");
  return since === undefined ? {} : { sinceWall: instantOf(since, clock) };
}

function instantOf(text: string, clock: Clock): number {
  const instant = parseInstant(text);
  if (instant !== null) return instant;
  const ago = parseDuration(text);
  if (ago.ok) return clock.wall() - ago.value;
  throw usage(
    `--since cannot be ${JSON.stringify(text)}`,
    "it takes a duration like 2h, or an instant like 2026-01-31T08:00:00Z",
  );
}

function print({ output }: VerbContext, event: SeenEvent): void {
  const { ts, ev, log, fields } = event;
  output.json({ schema: "iapeer.event.v1", ts, log, ev, fields });
  const { identity, ...rest } = fields;
  // An empty value says nothing to a person.
  const said = Object.entries(rest).filter(([, value]) => value !== "");
  const details = said.map(([key, value]) => `${key}=${renderValue(value)}`);
  output.line(
    [output.paint("dim", ts), ev.padEnd(16), (identity ?? "-").padEnd(24), ...details]
      .map((part, i) => (i === 0 ? part : visible(part)))
      .join(" ")
      .trimEnd(),
  );
}
