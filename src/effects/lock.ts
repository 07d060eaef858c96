// Lock: one process at a time around one file's read-change-write (ports/lock.ts, storage
// contract), by proper-lockfile. Its folder's age says that a holder is dead, which is a guess: a
// suspended holder looks dead, and two that take over at once can both win. So a living holder
// also holds a flock on the folder (lock-folder.ts).

import { dirname, resolve } from "node:path";

import { err, ok, type Result } from "../core/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Lock } from "../ports/lock.ts";
import { createClock } from "./clock.ts";
import { codeOf, failure } from "./files-errors.ts";
import { makeMissingFolder } from "./files-write.ts";
import { keepHangupIgnored } from "./hangup.ts";
import { createLockFolders, STALE_MS, type LockFolders } from "./lock-folder.ts";
import { LockQueue } from "./lock-queue.ts";

const WAIT_MS = 15_000;
const PAUSE_FIRST_MS = 2;
const PAUSE_MAX_MS = 40;
/** How often the holder touches its folder; the library allows no less. */
const UPDATE_MS = 1000;

interface Tools {
  readonly clock: Clock;
  readonly queue: LockQueue;
  readonly folders: LockFolders;
}

export function createLock(clock: Clock = createClock()): Lock {
  const tools = { clock, queue: new LockQueue(clock), folders: createLockFolders(clock) };
  return {
    /** What `work` throws passes through, after the lock has been released. */
    withLock: async (path, work, waitMs = WAIT_MS) => {
      const file = resolve(path);
      const until = tools.clock.mono() + waitMs;
      const endTurn = await tools.queue.turn(file, waitMs);
      if (endTurn === null) return err(`${file} is locked by this process itself`);
      try {
        return await withFolder({ file, until }, work, tools);
      } finally {
        endTurn();
      }
    },
  };
}

interface Wanted {
  readonly file: string;
  /** Monotonic. */
  readonly until: number;
}

async function withFolder<T>(
  wanted: Wanted,
  work: () => Promise<T>,
  tools: Tools,
): Promise<Result<T>> {
  const held = await acquire(wanted, tools);
  if (!held.ok) return held;
  try {
    const value = await work();
    const lost = held.value.lost();
    return lost === null ? ok(value) : err(`the lock of ${wanted.file} was lost: ${lost}`);
  } finally {
    await held.value.release();
  }
}

interface Held {
  /** Why the lock is no longer ours, although we have not released it; null: it is. */
  lost(): string | null;
  /** Never rejects: a folder that stays behind is taken over once it is old. */
  release(): Promise<void>;
}

async function acquire(wanted: Wanted, tools: Tools): Promise<Result<Held>> {
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    const outcome = await tryAcquire(wanted.file, tools);
    if (outcome !== "busy") return outcome;
    const leftMs = wanted.until - tools.clock.mono();
    if (leftMs <= 0) return err(`${wanted.file} is locked by another process`);
    await tools.clock.sleep(Math.min(pauseMs, leftMs));
  }
}

async function tryAcquire(file: string, tools: Tools): Promise<Result<Held> | "busy"> {
  // Loaded only here: most verbs take no lock, and the library adds signal handlers.
  keepHangupIgnored();
  const { lock } = await import("proper-lockfile");
  let lost: string | null = null;
  const options = {
    fs: tools.folders,
    lockfilePath: `${file}.lock`,
    realpath: false,
    stale: STALE_MS,
    update: UPDATE_MS,
    retries: 0,
    onCompromised: (error: Error) => {
      lost = error.message;
    },
  };
  try {
    const unlock = await lock(file, options);
    const release = async () => {
      try {
        await unlock();
      } catch {
        tools.folders.letGo(`${file}.lock`);
      }
    };
    return ok({ lost: () => lost, release });
  } catch (error) {
    return refused(file, error);
  }
}

function refused(file: string, error: unknown): Result<Held> | "busy" {
  const code = codeOf(error);
  if (code === "ELOCKED" || code === "EEXIST") return "busy";
  if (code !== "ENOENT") return err(`${file} cannot be locked: ${failure(error).detail}`);
  // The folder around it is missing, or the lock has been removed this very moment.
  try {
    makeMissingFolder(dirname(file));
    return "busy";
  } catch (failed) {
    return err(`${file} cannot be locked: ${failure(failed).detail}`);
  }
}
