// A scratch folder on a short path for one figure. Whatever was started in it is found by what
// the kernel says of its folder and environment, and is ended by pid and start time.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Subprocess } from "bun";

import { createProcesses } from "../../src/effects/processes.ts";
import { parseCanaryPid } from "../../src/formats/canary-pid.ts";
import { endLeftovers, findProcesses } from "../suite/leftovers.ts";
import { isOver } from "./kernel.ts";

const END_MS = 10_000;
const LOOK_MS = 10;

export class Place {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "iapb-")));
  readonly root = join(this.folder, "r");
  readonly #children = new Set<Subprocess>();
  #closing: Promise<void> | null = null;

  /** Nothing of the caller's own environment but where programs are. */
  readonly env: Readonly<Record<string, string>> = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    HOME: this.folder,
    IAPEER_ROOT: this.root,
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Ended with the place, if it has not ended by then. */
  own<Child extends Subprocess>(child: Child): Child {
    this.#children.add(child);
    return child;
  }

  /** Ends all that was started here. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGTERM");
    await this.#gone([...this.#children].map(({ pid }) => pid));
    for (const child of this.#children) child.kill("SIGKILL");
    // Only then has their time been added to that of this process's children.
    await Promise.all([...this.#children].map(({ exited }) => exited));
    const canaries = this.#dismissCanaries();
    const left = await endLeftovers(findProcesses(this.folder));
    await this.#gone(canaries);
    if (left.length > 0) throw new Error(`would not end: ${left.map(({ pid }) => pid).join(" ")}`);
  }

  /**
   * Only when nothing more is measured: for a minute, ext4 steps over each deleted inode whenever
   * a file is created near it, which would make the next figure look worse than it is.
   */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** First, so that none of them writes down a thousand deaths. */
  #dismissCanaries(): readonly number[] {
    const processes = createProcesses();
    return filesNamed(join(this.root, "state/iapeer/sessions"), "canary.pid").flatMap((path) => {
      const canary = parseCanaryPid(readFileSync(path, "utf8"));
      if (canary === null || processes.signal(canary, "TERM") !== "sent") return [];
      return [canary.pid];
    });
  }

  async #gone(pids: readonly number[]): Promise<void> {
    const until = performance.now() + END_MS;
    while (!pids.every(isOver) && performance.now() < until) await Bun.sleep(LOOK_MS);
  }
}

function filesNamed(dir: string, name: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(`/${name}`))
      .map((path) => join(dir, path));
  } catch {
    return []; // Nothing was ever started here.
  }
}

/** Looks again and again until something is so; fails after `boundMs`. */
export async function until(
  what: string,
  ready: () => boolean,
  boundMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!ready()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(1);
  }
}

/** `work` on every item, at most `atOnce` at a time. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
