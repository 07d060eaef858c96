// A real tmux under test: a folder, a conf and a socket of its own, and every server that it
// started is ended with it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Identity } from "../../src/core/names.ts";
import type { NewSessionSpec, Tmux } from "../../src/ports/tmux.ts";
import { clock, env, processes, tmux, until } from "../real/host-under-test.ts";
import type { TmuxUnderTest } from "./tmux.suite.ts";

const IDENTITY = "command-a-b" as Identity;
const STAMP = "20260131T000000001Z-abcd";
const CONF = `set-option -g @iapeer_generation ${STAMP}\nset-option -g remain-on-exit on\n`;

export class RealTmux implements TmuxUnderTest {
  readonly tmux: Tmux;
  readonly dir = mkdtempSync(join(tmpdir(), "iapeer-tmux-"));
  readonly stamp = STAMP;
  readonly folder = join(this.dir, "folder");
  readonly spec: NewSessionSpec;
  private readonly started: number[] = [];

  constructor(more: Partial<NewSessionSpec> = {}) {
    mkdirSync(this.folder);
    const conf = join(this.dir, "conf");
    writeFileSync(conf, `${CONF}set-option -g @iapeer_pane_log "exec cat >> '${this.dir}/log'"\n`);
    this.spec = {
      socket: join(this.dir, "s"),
      identity: IDENTITY,
      conf,
      cwd: this.dir,
      argv: ["/bin/sh", "-c", "exec cat"],
      env,
      timeoutMs: 10_000,
      ...more,
    };
    this.tmux = {
      ...tmux,
      newSession: async (spec) => {
        const outcome = await tmux.newSession(spec);
        if (outcome.state === "up") this.started.push(outcome.serverPid);
        return outcome;
      },
    };
  }

  readonly log = {
    isThere: () => existsSync(join(this.dir, "log")),
    remove: () => rmSync(join(this.dir, "log"), { force: true }),
  };

  settle<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  async kill(pid: number): Promise<void> {
    const found = processes.identify(pid);
    if (found === null || found === "unknown") return;
    processes.signal(found, "KILL");
    await until(`the end of ${pid}`, () => processes.liveness(found) === "dead");
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const end = clock.mono() + 10_000;
    while (!(await holds())) {
      if (clock.mono() > end) throw new Error("never held");
      await clock.sleep(5);
    }
  }

  /** Starts the session; reads what its program writes to `out` once `done` is there as well. */
  async output(): Promise<Buffer> {
    const outcome = await this.tmux.newSession(this.spec);
    if (outcome.state === "failed") throw new Error(outcome.detail);
    await until("the session's output", () => existsSync(join(this.dir, "done")));
    return readFileSync(join(this.dir, "out"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.started) await this.kill(pid);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
