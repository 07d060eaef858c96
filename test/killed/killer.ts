// Kills its own process with SIGKILL at one of the points at which it changes anything: before
// each change, and in the middle of some: a file half written, a program just started.

import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Exec } from "../../src/ports/exec.ts";
import type { Files } from "../../src/ports/files.ts";

export class Killer {
  #points = 0;

  constructor(private readonly at: number) {}

  point(): void {
    if (this.#points === this.at) process.kill(process.pid, "SIGKILL");
    this.#points += 1;
  }

  step<T>(change: () => T): T {
    this.point();
    return change();
  }

  /** Killed too while what was begun is under way. */
  begin<T>(change: () => T): T {
    const begun = this.step(change);
    if (begun instanceof Promise) this.point();
    return begun;
  }

  /** A file as its writer leaves it before the rename. */
  half(path: string): void {
    if (this.#points === this.at) {
      writeFileSync(`${dirname(path)}/.iapeer-${process.pid}-1.tmp`, "half\n");
    }
    this.point();
  }

  files(files: Files): Files {
    const isThere = (path: string) => files.stat(path).state === "ok";
    /** What is as it should be already is no change. */
    const unless = <T>(isSo: boolean, change: () => T): T => (isSo ? change() : this.step(change));
    return {
      ...files,
      makeFolder: (path, mode) => unless(isThere(path), () => files.makeFolder(path, mode)),
      rename: (from, to) => this.step(() => files.rename(from, to)),
      remove: (path) => unless(!isThere(path), () => files.remove(path)),
      removeTree: (path) => unless(!isThere(path), () => files.removeTree(path)),
      writeAtomic: (path, text, options) =>
        this.step(() => {
          this.half(path);
          return files.writeAtomic(path, text, options);
        }),
    };
  }

  /** `asks`: a call that changes nothing. */
  exec(exec: Exec, asks: (argv: readonly string[]) => boolean): Exec {
    return {
      ...exec,
      run: (spec) => (asks(spec.argv) ? exec.run(spec) : this.begin(() => exec.run(spec))),
      detach: (spec) => {
        const detached = this.step(() => exec.detach(spec));
        this.point();
        return detached;
      },
    };
  }
}

/** What came of a process that was to kill itself at one point. */
export async function runKilled(words: readonly string[]): Promise<"whole" | "killed"> {
  const child = Bun.spawn([process.execPath, ...words], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
  });
  const code = await child.exited;
  if (child.signalCode === "SIGKILL") return "killed";
  if (code !== 0) throw new Error(`${words.join(" ")}: exit ${code}`);
  return "whole";
}
