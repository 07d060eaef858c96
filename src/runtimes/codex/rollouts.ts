// Conversations of codex, `sessions/YYYY/MM/DD/rollout-*.jsonl`, of all folders together: the
// first line of each says which folder it belongs to. A resumed one grows where it was begun.

import type { WallMs } from "../../core/brand.ts";
import { parseInstant } from "../../formats/instant.ts";
import type { Files } from "../../ports/files.ts";
import { asObject, type JsonObject, parseLine, parseLines } from "../json-lines.ts";

const ROLLOUT = /^rollout-.*\.jsonl$/;
const HEAD_BYTES = 64 * 1024;
/** The first line repeats the system prompt, which may be long. */
const LONG_HEAD_BYTES = 2 * 1024 * 1024;
const TURN_TAIL_BYTES = 128 * 1024;
/** Older conversations than so many are not looked for. */
const ROLLOUTS_MAX = 5000;
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Rollout {
  readonly path: string;
  readonly session: string;
  readonly cwd: string;
}

export interface DayOfRollouts {
  readonly rollouts: readonly Rollout[];
  /** False when a first line was still being written. */
  readonly complete: boolean;
}

/** First lines never change: what was learnt from one is kept. */
export class Rollouts {
  private readonly known = new Map<string, Rollout | null>();

  constructor(private readonly files: Files) {}

  /** Folders of days, newest first. */
  days(sessionsDir: string, max = Infinity): readonly string[] {
    const found: string[] = [];
    for (const year of this.numbered(sessionsDir)) {
      for (const month of this.numbered(year)) {
        for (const day of this.numbered(month)) {
          found.push(day);
          if (found.length >= max) return found;
        }
      }
    }
    return found;
  }

  /** Conversations of one day, newest first; those of agents' own helpers left out. */
  ofDay(day: string): DayOfRollouts {
    const names = this.list(day).filter((name) => ROLLOUT.test(name));
    const learnt = names.toReversed().map((name) => this.rollout(`${day}/${name}`));
    const rollouts = learnt.filter((found) => found !== null && found !== "unfinished");
    return { rollouts, complete: !learnt.includes("unfinished") };
  }

  /** Every conversation of exactly this folder, as far back as is looked for. */
  of(sessionsDir: string, cwd: string): readonly Rollout[] {
    const found: Rollout[] = [];
    let seen = 0;
    for (const day of this.days(sessionsDir)) {
      const { rollouts } = this.ofDay(day);
      found.push(...rollouts.filter((rollout) => rollout.cwd === cwd));
      seen += rollouts.length;
      if (seen >= ROLLOUTS_MAX) break;
    }
    return found;
  }

  /** Read again, whatever is known of it. */
  isStill({ path, session, cwd }: Rollout): boolean {
    const learnt = this.learn(path);
    if (learnt === null || learnt === "unfinished") return false;
    return learnt.session === session && learnt.cwd === cwd;
  }

  private rollout(path: string): Rollout | null | "unfinished" {
    const before = this.known.get(path);
    if (before !== undefined) return before;
    const learnt = this.learn(path);
    if (learnt === "unfinished") return learnt;
    if (this.known.size >= 4 * ROLLOUTS_MAX) this.known.clear();
    this.known.set(path, learnt);
    return learnt;
  }

  private learn(path: string): Rollout | null | "unfinished" {
    for (const bytes of [HEAD_BYTES, LONG_HEAD_BYTES]) {
      const head = this.files.readHead(path, bytes);
      if (head.state !== "ok") return "unfinished";
      const end = head.text.indexOf("\n");
      if (end !== -1) return rolloutOf(path, head.text.slice(0, end));
      if (Buffer.byteLength(head.text) < bytes) return "unfinished";
    }
    return null;
  }

  private numbered(dir: string): readonly string[] {
    const names = this.list(dir).filter((name) => /^\d+$/.test(name));
    return names.toReversed().map((name) => `${dir}/${name}`);
  }

  private list(dir: string): readonly string[] {
    const listed = this.files.list(dir);
    return "names" in listed ? listed.names : [];
  }
}

function rolloutOf(path: string, line: string): Rollout | null {
  const payload = asObject(parseLine(line)?.["payload"]);
  const cwd = payload?.["cwd"];
  const session = payload?.["id"];
  if (typeof cwd !== "string" || typeof session !== "string") return null;
  // A helper that an agent started has a source that is not a plain word.
  const ofPerson = typeof (payload?.["source"] ?? "") === "string";
  const thread = payload?.["thread_source"] ?? "user";
  if (!ofPerson || thread !== "user" || !SESSION_ID.test(session)) return null;
  return { path, session, cwd };
}

/** When the newest turn began; null when no line near the end says so. */
export function newestTurn(files: Files, path: string): string | null {
  const at = newestLine(files, path, beginsTurn)?.["timestamp"];
  return typeof at === "string" ? `${path} ${at}` : null;
}

/** Of a turn that began before `sinceWall` nobody is left who would write its end. */
export function turnRuns(files: Files, path: string, sinceWall: WallMs): boolean {
  const line = newestLine(files, path, (one) => beginsTurn(one) || endsTurn(one));
  if (line === undefined || !beginsTurn(line)) return false;
  const at = line["timestamp"];
  const begunWall = typeof at === "string" ? parseInstant(at) : null;
  return begunWall !== null && begunWall >= sinceWall;
}

function newestLine(
  files: Files,
  path: string,
  fits: (line: JsonObject) => boolean,
): JsonObject | undefined {
  const tail = files.readTail(path, TURN_TAIL_BYTES);
  return tail.state === "ok" ? parseLines(tail.text).findLast(fits) : undefined;
}

const beginsTurn = (line: JsonObject): boolean => eventOf(line) === "task_started";

/** One that fails is written as complete, too. */
const endsTurn = (line: JsonObject): boolean =>
  eventOf(line) === "task_complete" || eventOf(line) === "turn_aborted";

const eventOf = (line: JsonObject): unknown =>
  line["type"] === "event_msg" ? asObject(line["payload"])?.["type"] : null;
