// A user of a test's own, with a home, who types iapeer's verbs: as another uid where the test runs
// as root, since root has no launchd agents. What is left running is ended by pid.

import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAIN, type Ran } from "../cli/program.ts";

const RUN_MS = 60_000;
const OTHER_UID = 54_321;

export interface UserSpec {
  /** As another uid than root's. */
  readonly unprivileged?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly dir?: string;
}

export class ServiceUser {
  readonly dir: string;
  readonly home: string;
  readonly root: string;
  readonly uid: number;
  /** What makes a program run as this user. */
  readonly prefix: readonly string[];
  readonly #env: Readonly<Record<string, string>>;

  constructor(spec: UserSpec = {}) {
    const own = process.getuid?.() ?? 0;
    this.uid = spec.unprivileged === true && own === 0 ? OTHER_UID : own;
    const id = String(this.uid);
    const words = ["setpriv", `--reuid=${id}`, `--regid=${id}`, "--clear-groups"];
    this.prefix = this.uid === own ? [] : words;
    // The temporary folder may be this user's alone.
    const parent = this.uid === own ? tmpdir() : "/tmp";
    this.dir = spec.dir ?? realpathSync(mkdtempSync(join(parent, "iap-user-")));
    this.home = join(this.dir, "home");
    this.root = join(this.home, "r");
    mkdirSync(this.home, { recursive: true });
    this.give(this.dir);
    this.give(this.home);
    this.#env = spec.env ?? {};
  }

  /** Why another user cannot run this checkout; null: it can. */
  cannotRun(): string | null {
    const { code, err } = this.run([], [process.execPath, MAIN, "--version"]);
    return code === 0 ? null : `this checkout cannot be run by uid ${this.uid}: ${err.trim()}`;
  }

  give(path: string): void {
    chownSync(path, this.uid, this.uid);
  }

  write(path: string, text: string): void {
    const whole = join(this.home, path);
    mkdirSync(join(whole, ".."), { recursive: true, mode: 0o700 });
    this.give(join(whole, ".."));
    writeFileSync(whole, text);
    this.give(whole);
  }

  /** `program`: what stands for `iapeer`. */
  run(words: readonly string[], program: readonly string[] = [process.execPath, MAIN]): Ran {
    const child = Bun.spawnSync([...this.prefix, ...program, ...words], {
      cwd: this.home,
      env: this.environment(),
      timeout: RUN_MS,
      stdin: "ignore",
    });
    const { stdout, stderr } = child;
    return { code: child.exitCode, out: stdout.toString(), err: stderr.toString() };
  }

  /** Fails unless it exits 0. */
  must(words: readonly string[], program?: readonly string[]): string {
    const ran = this.run(words, program);
    if (ran.code !== 0) {
      throw new Error(`iapeer ${words.join(" ")}: ${ran.code}\n${ran.out}${ran.err}${this.log()}`);
    }
    return ran.out;
  }

  json(words: readonly string[], program?: readonly string[]): Record<string, unknown> {
    const { out } = this.run([...words, "--json"], program);
    return JSON.parse(out) as Record<string, unknown>;
  }

  environment(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      LANG: "C.UTF-8",
      TERM: "xterm",
      HOME: this.home,
      IAPEER_ROOT: this.root,
      NO_COLOR: "1",
      ...this.#env,
    };
  }

  log(): string {
    try {
      return readFileSync(join(this.root, "logs/iapeer/lifecycle.log"), "utf8").slice(-4000);
    } catch {
      return ""; // Nothing was ever done in this root.
    }
  }

  /** The tmux server of a `command` peer's newest life that has come up. */
  serverPid(name: string): number {
    const sessions = join(this.root, "state/iapeer/sessions", `command-${name}`);
    const starts = readdirSync(sessions)
      .toSorted()
      .toReversed()
      .map((id) => join(sessions, id, "start.json"))
      .filter((path) => existsSync(path))
      .map((path) => JSON.parse(readFileSync(path, "utf8")) as { server?: { pid: number } });
    return starts.find(({ server }) => server !== undefined)?.server?.pid ?? 0;
  }

  endsOf(name: string): readonly Record<string, unknown>[] {
    const { out } = this.run(["exits", name, "--all", "--json"]);
    return out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Ends all that was started. */
  leave(): void {
    this.run(["stop", "--all", "--yes"]);
    this.run(["daemon", "uninstall", "--yes"]);
    this.run(["daemon", "stop"]);
  }

  remove(): void {
    this.leave();
    this.delete();
  }

  delete(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
