// A fake launchd for one test: its program, its settings, what it was asked, and the end of all
// that it started, each by its pid.

import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { State, type Settings, type Status } from "./state.ts";

const PROGRAM = join(import.meta.dir, "launchctl.ts");

export class FakeLaunchd {
  readonly dir: string;
  /** The launchctl that talks with this one. */
  readonly program: string;
  readonly #state: State;

  constructor(settings: Partial<Settings> = {}, parent = tmpdir()) {
    this.dir = realpathSync(mkdtempSync(join(parent, "iap-launchd-")));
    this.program = join(this.dir, "launchctl");
    this.#state = new State(this.dir);
    const words = [process.execPath, PROGRAM, this.dir].map((word) => `'${word}'`).join(" ");
    writeFileSync(this.program, `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(this.program, 0o755);
    this.set(settings);
  }

  /** For a fake that another user is to run. */
  open(): this {
    chmodSync(this.dir, 0o777);
    return this;
  }

  set(settings: Partial<Settings>): void {
    this.#state.set(settings);
  }

  disable(label: string): void {
    this.#state.setDisabled(label, true);
  }

  /** Every call so far: `verb words -> exit code`. */
  calls(): readonly string[] {
    return this.#state.calls();
  }

  job(domain: string, label: string): Status | null {
    return this.#state.status(domain, label);
  }

  run(...args: readonly string[]): { code: number; out: string; err: string } {
    const ran = Bun.spawnSync([this.program, ...args]);
    return { code: ran.exitCode, out: ran.stdout.toString(), err: ran.stderr.toString() };
  }

  async close(): Promise<void> {
    this.set({ hang: [], cleanupLooks: 0 });
    const until = performance.now() + 10_000;
    for (const { domain, label } of this.#state.jobs()) this.#state.ask(domain, label, "bootout");
    while (this.#state.jobs().length > 0 && performance.now() < until) await Bun.sleep(20);
    const left = this.#state.jobs();
    rmSync(this.dir, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`the fake launchd still keeps ${JSON.stringify(left)}`);
  }
}
