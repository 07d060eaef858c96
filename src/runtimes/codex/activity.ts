// The newest activity of a folder's conversations. Asked about every peer at every tick: one
// stat for each conversation that is known, and new ones looked for once in a while for all.

import { type MonoMs, type WallMs, wallMs } from "../../core/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";
import type { Resumable } from "../../ports/runtime.ts";
import type { Rollout, Rollouts } from "./rollouts.ts";

/** A conversation that has just begun is in one of these. */
const RECENT_DAYS = 2;
const LOOK_AGAIN_MS = 1000;
const CACHE_MAX = 8192;

interface Root {
  lookedAt: MonoMs;
  readonly dayMtimes: Map<string, number>;
  /** The newest known conversation of each folder, by the time it was begun. */
  readonly newest: Map<string, string>;
}

export class CodexActivity {
  private readonly roots = new Map<string, Root>();

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly rollouts: Rollouts,
  ) {}

  latest(sessionsDir: string, cwd: string): WallMs | null {
    const path = this.newest(sessionsDir, cwd);
    if (path === null) return null;
    const stat = this.files.stat(path);
    return stat.state === "ok" ? wallMs(Math.floor(stat.mtimeMs)) : null;
  }

  /** Path of the conversation of this cwd that is watched. */
  newest(sessionsDir: string, cwd: string): string | null {
    return this.look(sessionsDir).newest.get(cwd) ?? null;
  }

  /** The conversation of exactly this folder that was active last; it is watched from now on. */
  conversation(sessionsDir: string, cwd: string): Resumable | null {
    const found = this.rollouts.of(sessionsDir, cwd).flatMap((rollout) => {
      const stat = this.files.stat(rollout.path);
      if (stat.state !== "ok" || stat.kind !== "file") return [];
      return [{ rollout, mtimeMs: stat.mtimeMs }];
    });
    const newestFirst = found.toSorted((a, b) => b.mtimeMs - a.mtimeMs);
    // One that was emptied or replaced since it was learnt of is none that codex would resume.
    const best = newestFirst.find(({ rollout }) => this.rollouts.isStill(rollout));
    if (best === undefined) return null;
    this.look(sessionsDir).newest.set(cwd, best.rollout.path);
    return { ref: best.rollout.session, lastActiveWall: wallMs(Math.floor(best.mtimeMs)) };
  }

  private look(sessionsDir: string): Root {
    const now = this.clock.mono();
    const before = this.roots.get(sessionsDir);
    if (before !== undefined && now - before.lookedAt < LOOK_AGAIN_MS) return before;
    if (this.roots.size >= CACHE_MAX) this.roots.clear();
    const root = before ?? { lookedAt: now, dayMtimes: new Map(), newest: new Map() };
    root.lookedAt = now;
    this.roots.set(sessionsDir, root);
    for (const day of this.rollouts.days(sessionsDir, RECENT_DAYS).toReversed()) {
      this.lookAtDay(root, day);
    }
    return root;
  }

  private lookAtDay(root: Root, day: string): void {
    const stat = this.files.stat(day);
    if (stat.state !== "ok" || root.dayMtimes.get(day) === stat.mtimeMs) return;
    const { rollouts, complete } = this.rollouts.ofDay(day);
    if (root.newest.size >= CACHE_MAX) root.newest.clear();
    for (const rollout of rollouts.toReversed()) this.prefer(root, rollout);
    if (complete) root.dayMtimes.set(day, stat.mtimeMs);
  }

  /** Of two conversations of one folder, the one that was active later. */
  private prefer(root: Root, rollout: Rollout): void {
    const before = root.newest.get(rollout.cwd);
    if (before === rollout.path) return;
    if (before !== undefined && this.mtimeMs(before) > this.mtimeMs(rollout.path)) return;
    root.newest.set(rollout.cwd, rollout.path);
  }

  private mtimeMs(path: string): number {
    const stat = this.files.stat(path);
    return stat.state === "ok" ? stat.mtimeMs : 0;
  }
}
