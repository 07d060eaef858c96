// Real servers: what reaches a session exactly as it was given, and what a launch refuses.

import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import type { Identity } from "../../src/core/names.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import type { NewSessionSpec, Tmux } from "../../src/ports/tmux.ts";
import { clock, env, exec, processes, tmux, tools, until } from "../real/host-under-test.ts";
import { tmuxSuite, type TmuxUnderTest } from "./tmux.suite.ts";

const IDENTITY = "command-a-b" as Identity;
const STAMP = "20260131T000000001Z-abcd";
const CONF = `set-option -g @iapeer_generation ${STAMP}\nset-option -g remain-on-exit on\n`;

class RealTmux implements TmuxUnderTest {
  readonly tmux: Tmux;
  readonly dir = mkdtempSync(join(tmpdir(), "iapeer-tmux-"));
  readonly stamp = STAMP;
  readonly folder = join(this.dir, "folder");
  readonly spec: NewSessionSpec;
  private readonly started: number[] = [];

  constructor(more: Partial<NewSessionSpec> = {}) {
    mkdirSync(this.folder);
    const conf = join(this.dir, "conf");
    writeFileSync(conf, CONF);
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

tmuxSuite("real", () => new RealTmux());

/** Writes the session's arguments, each with a NUL behind it, then says that it has. */
const TELL = 'printf "%s\\0" "$@" > "$OUT/out"; : > "$OUT/done"; exec sleep 1000';

const tell = (argv: readonly string[], out: string): Partial<NewSessionSpec> => ({
  argv: ["/bin/sh", "-c", TELL, "tell", ...argv],
  env: { ...env, OUT: out },
});

class Telling extends RealTmux {
  async arguments(argv: readonly string[]): Promise<string[]> {
    Object.assign(this.spec, tell(argv, this.dir));
    const told = (await this.output()).toString().split("\0").slice(0, -1);
    rmSync(join(this.dir, "done"));
    return told;
  }
}

describe("arguments", () => {
  const HOSTILE = [
    "",
    ";",
    "a;",
    "a\\;",
    "\\;",
    "a b",
    "'\"",
    "$(id)`id`${HOME}",
    "#{pid}#(id)%H",
    "new\nline",
    "-t",
    "--",
    "~",
    "{",
    "é☃",
    "\u0001\u001b\u007f",
  ];

  test("each arrives as it was", async () => {
    await using made = new Telling();
    expect(await made.arguments(HOSTILE)).toEqual(HOSTILE);
  });

  test("any text does", async () => {
    const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), {
      minLength: 40,
      maxLength: 80,
    });
    const lists = fc.sample(texts, { seed: 20260131, numRuns: 6 });
    for (const list of lists) {
      const argv = list.map((text) => text.replaceAll("\0", ";"));
      await using made = new Telling();
      expect(await made.arguments(argv)).toEqual(argv);
    }
  });

  test("a single one is no shell's script", async () => {
    await using made = new RealTmux();
    const program = join(made.dir, "a $(touch pwned) ; 'b");
    writeFileSync(program, '#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexec cat\n');
    chmodSync(program, 0o755);
    Object.assign(made.spec, { argv: [program] });
    await made.tmux.newSession(made.spec);
    await until("the program", () => existsSync(join(made.dir, "ran")));
    expect(existsSync(join(made.dir, "pwned"))).toBe(false);
  });
});

describe("environment and folder", () => {
  test("a session gets what it was given, less an outer tmux", async () => {
    const given = {
      PATH: "/usr/bin:/bin",
      HOME: "/nonexistent",
      SHELL: "/bin/sh",
      SECRET: "a;b 'c' $(d) #{e}\nf é",
      EMPTY: "",
      TMUX: "/outer,1,0",
      TMUX_PANE: "%9",
      SSH_AUTH_SOCK: "/agent",
      DISPLAY: ":1",
    };
    await using made = new RealTmux();
    const script = 'env -0 > "$OUT/out"; : > "$OUT/done"; exec sleep 1000';
    const spec = { argv: ["/bin/sh", "-c", script], env: { ...given, OUT: made.dir } };
    Object.assign(made.spec, spec);
    const entries = (await made.output()).toString().split("\0").filter(Boolean);
    const found = Object.fromEntries(
      entries.map((entry) => [entry.split("=")[0] ?? "", entry.slice(entry.indexOf("=") + 1)]),
    );
    const { TMUX: _tmux, TMUX_PANE: _pane, ...rest } = given;
    expect(found).toMatchObject({ ...rest, PWD: made.dir, TMUX_PANE: "%0" });
    expect(found["TMUX"]).toStartWith(`${made.spec.socket},`);
    const added = Object.keys(found).filter((key) => !(key in given) && key !== "OUT");
    const ours = ["PWD", "TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORTERM"];
    expect(added.filter((key) => !ours.includes(key))).toEqual([]);
    const server = processes.identify(Number(found["TMUX"]?.split(",")[1]));
    if (server === null || server === "unknown") throw new Error("no server");
    expect(readFileSync(`/proc/${server.pid}/cmdline`, "utf8")).not.toContain("SECRET");
  });

  test.each([
    "a b'c\"d",
    "-n",
    "#{pid}#(id)#[fg=red]##[x%H",
    "$(touch pwned)",
    "new\nline ",
    "é☃\\",
  ])("its folder may be called %j", async (name) => {
    await using made = new RealTmux();
    const cwd = join(made.dir, name);
    mkdirSync(cwd);
    const script = 'printf "%s\\0" "$(pwd; printf .)" > "$OUT/out"; : > "$OUT/done"; exec cat';
    Object.assign(made.spec, {
      cwd,
      argv: ["/bin/sh", "-c", script],
      env: { ...env, OUT: made.dir },
    });
    expect((await made.output()).toString()).toBe(`${cwd}\n.\0`);
  });

  test("its screen is 220 by 50", async () => {
    await using made = new RealTmux();
    await made.tmux.newSession(made.spec);
    const { socket, identity } = made.spec;
    const size = await made.tmux.query(socket, identity, "#{window_width}x#{window_height}");
    expect(size).toEqual({ state: "answered", text: "220x50" });
  });
});

describe("a launch that is refused says why", () => {
  test.each([
    ["a folder that is not there", { cwd: "/nonexistent/folder" }, "no such folder"],
    ["nothing to run", { argv: [] }, "empty argv"],
    ["an empty name", { argv: [""] }, "empty argv"],
    ["a NUL", { argv: ["a", "b\0"] }, "NUL"],
    ["more than tmux's message holds", { argv: ["a", "x".repeat(20_000)] }, "too long"],
    ["a socket in no folder", { socket: "/nonexistent/s" }, "No such file or directory"],
  ])("%s", async (...[, more, words]) => {
    await using made = new RealTmux(more);
    const outcome = await made.tmux.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
    expect("detail" in outcome ? outcome.detail : "").toContain(words);
  });

  test("a foreign server on the path keeps its session and gets none of ours", async () => {
    await using made = new RealTmux();
    const other = "command-other" as Identity;
    await made.tmux.newSession({ ...made.spec, identity: other });
    const outcome = await made.tmux.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
    expect("detail" in outcome ? outcome.detail : "").toContain("another tmux server");
    const { socket } = made.spec;
    expect(await made.tmux.query(socket, other, "#{S:.}")).toMatchObject({ text: "." });
  });
});

describe("another program in tmux's place", () => {
  async function withProgram(script: string, use: (tmuxPath: string) => Promise<void>) {
    const dir = mkdtempSync(join(tmpdir(), "iapeer-tmux-"));
    try {
      const path = join(dir, "tmux");
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      await use(path);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const make = (tmuxPath: string) => createTmux({ clock, exec, processes, tmuxPath, env });

  test.each([
    ["tmux 3.3a", "ok"],
    ["tmux 3.2", "ok"],
    ["tmux next-3.7", "ok"],
    ["tmux master", "ok"],
    ["tmux openbsd-7.4", "ok"],
    ["tmux 3.1c", "missing"],
    ["tmux 2.9", "missing"],
    ["screen 4", "missing"],
  ])("%s is %s", async (said, state) => {
    await withProgram(`echo ${said}`, async (path) => {
      expect((await make(path).version()).state as string).toBe(state);
    });
  });

  test("missing", async () => {
    const gone = make("/nonexistent/tmux");
    expect(await gone.version()).toMatchObject({ state: "missing" });
    await using made = new RealTmux();
    const outcome = await gone.newSession(made.spec);
    expect(outcome).toMatchObject({ state: "failed", reason: "not-found" });
    const { socket, identity } = made.spec;
    expect(await gone.query(socket, identity, "#{pid}")).toMatchObject({ state: "unknown" });
  });

  test("one that hangs is ended in time", async () => {
    await withProgram("exec sleep 1000", async (path) => {
      await using made = new RealTmux();
      let client = 0;
      const onClient = ({ pid }: { pid: number }) => (client = pid);
      const outcome = await make(path).newSession({ ...made.spec, timeoutMs: 100, onClient });
      expect(outcome).toMatchObject({ state: "failed", reason: "timeout" });
      await until("the end of the client", () => processes.identify(client) === null);
    });
  });
});

describe("pasting", () => {
  /** A program in raw mode, as a TUI is, that keeps every byte it is given. */
  const RAW = 'stty raw -echo; printf "\\033[?2004h"; : > "$OUT/ready"; exec cat > "$OUT/out"';

  async function pasted(made: RealTmux, text: string, end: string): Promise<string> {
    Object.assign(made.spec, { argv: ["/bin/sh", "-c", RAW], env: { ...env, OUT: made.dir } });
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    await until("readiness", () => existsSync(join(made.dir, "ready")));
    const outcome = await made.tmux.paste({ socket, identity, text });
    expect(outcome.state).toBe("answered");
    const out = join(made.dir, "out");
    return until("all of it", () => {
      const got = existsSync(out) ? readFileSync(out, "utf8") : "";
      return got.endsWith(end) && got;
    });
  }

  test("is bracketed, and keeps every line", async () => {
    await using made = new RealTmux();
    await made.tmux.version();
    const text = "one\ntwo\tthree\n\n é☃ ; $(x) #{pid} ~ end";
    expect(await pasted(made, text, "[201~")).toBe(`\u001B[200~${text}\u001B[201~`);
  });

  test("a text cannot end the paste, nor press a key", async () => {
    await using made = new RealTmux();
    const text = "a\u001B[201~\r\u0003\u0004\u001A\u007Fb";
    const got = await pasted(made, text, "[201~");
    expect(got.slice(6, -6)).toBe("a␛[201~\n␃␄␚␡b");
  });

  test("200 KB arrive whole", async () => {
    await using made = new RealTmux();
    const text = `${"0123456789".repeat(20_000)}!`;
    expect((await pasted(made, text, "[201~")).slice(6, -6)).toBe(text);
  });

  test("leaves copy mode, in which keys would be tmux's own", async () => {
    await using made = new RealTmux();
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    const argv = [tools.tmux, "-S", socket, "copy-mode", "-t", `=${identity}:`];
    await exec.run({ argv, env, timeoutMs: 5000 });
    expect(await made.tmux.query(socket, identity, "#{pane_in_mode}")).toMatchObject({ text: "1" });
    await made.tmux.paste({ socket, identity, text: "seen" });
    expect(await made.tmux.query(socket, identity, "#{pane_in_mode}")).toMatchObject({ text: "0" });
  });

  test("an empty text is nothing to paste", async () => {
    await using made = new RealTmux();
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    expect(await made.tmux.paste({ socket, identity, text: "" })).toMatchObject({
      state: "answered",
    });
  });
});
