// The transcripts of one folder. claude maps a folder's path to a name by turning punctuation
// into dashes, so different folders share a name: the `cwd` inside a transcript decides.

import { type WallMs, wallMs } from "../../core/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";
import type { Resumable } from "../../ports/runtime.ts";
import { readTranscript } from "./transcript.ts";

const SESSION_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;
const CACHE_MAX = 8192;
const YOUNG_MS = 120_000;

interface Candidate {
  readonly path: string;
  readonly session: string;
  readonly mtimeMs: number;
}

function findConversation(files: Files, dir: string, cwd: string): Candidate | null {
  for (const found of candidates(files, dir)) {
    const transcript = readTranscript(files, found.path);
    if (transcript?.cwd === cwd && transcript.answered) return found;
  }
  return null;
}

interface Remembered {
  /** The folder as it was when it was last listed. */
  readonly dirMtimeMs: number;
  /** The newest transcript of this cwd; null when there is none. */
  readonly path: string | null;
}

interface Seen {
  readonly dir: string;
  readonly cwd: string;
  readonly dirMtimeMs: number;
}

/**
 * Asked about every peer at every tick: two stats, and a new listing only when a transcript was
 * added or removed.
 */
export class ActivityWatch {
  private readonly known = new Map<string, Remembered>();

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
  ) {}

  latest(dir: string, cwd: string): WallMs | null {
    const path = this.newest(dir, cwd);
    if (path === null) return null;
    const transcript = this.files.stat(path);
    return transcript.state === "ok" ? wallMs(Math.floor(transcript.mtimeMs)) : null;
  }

  /** The newest of this cwd in which the agent has answered; it is watched from now on. */
  conversation(dir: string, cwd: string): Resumable | null {
    const found = findConversation(this.files, dir, cwd);
    if (found === null) return null;
    const stat = this.files.stat(dir);
    // Resumed, it grows where it is, and the folder's time does not show that.
    if (stat.state === "ok") this.remember({ dir, cwd, dirMtimeMs: stat.mtimeMs }, found.path);
    return { ref: found.session, lastActiveWall: wallMs(Math.floor(found.mtimeMs)) };
  }

  /** Path of the transcript of this cwd that is watched. */
  newest(dir: string, cwd: string): string | null {
    const stat = this.files.stat(dir);
    if (stat.state !== "ok") return null;
    const before = this.known.get(`${dir}\0${cwd}`);
    if (before?.dirMtimeMs === stat.mtimeMs) return before.path;
    return this.relist({ dir, cwd, dirMtimeMs: stat.mtimeMs });
  }

  private relist(seen: Seen): string | null {
    const { dir, cwd } = seen;
    const young = this.clock.wall() - YOUNG_MS;
    for (const found of candidates(this.files, dir)) {
      const transcript = readTranscript(this.files, found.path);
      if (transcript?.cwd === cwd) return this.remember(seen, found.path);
      // It was just begun and does not say yet whose it is: asked again at the next tick.
      if (transcript?.cwd === null && found.mtimeMs > young) return null;
    }
    return this.remember(seen, null);
  }

  private remember(seen: Seen, path: string | null): string | null {
    if (this.known.size >= CACHE_MAX) this.known.clear();
    this.known.set(`${seen.dir}\0${seen.cwd}`, { dirMtimeMs: seen.dirMtimeMs, path });
    return path;
  }
}

/** Newest first. */
function candidates(files: Files, dir: string): readonly Candidate[] {
  const listed = files.list(dir);
  if (listed.state !== "ok" || !("names" in listed)) return [];
  const found: Candidate[] = [];
  for (const name of listed.names) {
    const session = SESSION_FILE.exec(name)?.[1];
    if (session === undefined) continue;
    const path = `${dir}/${name}`;
    const stat = files.stat(path);
    if (stat.state !== "ok" || stat.kind !== "file") continue;
    found.push({ path, session, mtimeMs: stat.mtimeMs });
  }
  return found.toSorted((a, b) => b.mtimeMs - a.mtimeMs);
}
