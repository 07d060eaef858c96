// What a session of a real server is given arrives exactly as it was.

import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";

import type { NewSessionSpec } from "../../src/ports/tmux.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import { clock, env, exec, processes, until } from "../real/host-under-test.ts";
import { RealTmux } from "./real-tmux.ts";

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

test("a program is looked for in the PATH of its session", async () => {
  await using made = new RealTmux();
  const bin = join(made.dir, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "prog"), "#!/bin/sh\nexec /bin/sleep 1000\n", { mode: 0o755 });
  Object.assign(made.spec, { argv: ["prog"], env: { ...env, PATH: `/nowhere:${bin}` } });
  expect(await made.tmux.newSession(made.spec)).toMatchObject({ state: "up" });
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
    // Of bash and busybox, where /bin/sh is one of them, as on macOS and Alpine.
    ours.push("SHLVL", "_");
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

  test("more than the system takes is told of as what started nothing", async () => {
    await using made = new RealTmux();
    const big = { ...env, BIG: "x".repeat(2 ** 21) };
    const outcome = await made.tmux.newSession({ ...made.spec, env: big });
    expect(outcome).toEqual({ state: "failed", reason: "unfit", detail: "/bin/sh: E2BIG" });
  });

  test("its screen is 220 by 50", async () => {
    await using made = new RealTmux();
    await made.tmux.newSession(made.spec);
    const { socket, identity } = made.spec;
    const size = await made.tmux.query(socket, identity, "#{window_width}x#{window_height}");
    expect(size).toEqual({ state: "answered", text: "220x50" });
  });
});

const clientThat = (sleeps: string, then: string): string =>
  `#!/bin/sh\ntrap '' TERM HUP INT\n${sleeps} &\necho $! > "$OUT/held"\n${then}wait\n`;
const STUCK = clientThat("sleep 1000", "");
const MUTE = clientThat("sleep 1000 >/dev/null 2>&1", "exec >/dev/null 2>&1\n");

/** Runs what was to be run later when it is told to. */
class Later {
  readonly #work: (() => void)[] = [];
  readonly clock = {
    ...clock,
    after: (_: number, work: () => void) => {
      this.#work.push(work);
      return () => undefined;
    },
  };

  /** In the order in which it was asked for. */
  next(): void {
    this.#work.shift()?.();
  }
}

test("a client whose canary has been killed is given up as well", async () => {
  await using made = new RealTmux();
  const { stuck, canaryScript } = stuckLaunch(made, STUCK);
  const later = new Later();
  const started = Promise.withResolvers<{ readonly pid: number }>();
  const tmux = createTmux({ clock: later.clock, exec, processes, tmuxPath: stuck, env });
  const launched = tmux.newSession({
    ...made.spec,
    env: { ...env, OUT: made.dir },
    mark: `OUT=${made.dir}`,
    canaryScript,
    onClient: started.resolve,
  });
  const { pid } = await started.promise;
  await until("the client is at it", () => existsSync(join(made.dir, "held")));
  process.kill(pid, "SIGKILL");
  await until("its canary is gone", () => processes.identify(pid) === null);
  later.next();
  expect(await launched).toMatchObject({ state: "failed", reason: "timeout" });
  const held = Number(readFileSync(join(made.dir, "held"), "utf8"));
  await until("what it held has ended", () => processes.exists(held) === "dead");
}, 30_000);

/** A program in tmux's place, and a canary that starts it. */
function stuckLaunch(made: RealTmux, text: string) {
  const stuck = join(made.dir, "stuck");
  writeFileSync(stuck, text);
  chmodSync(stuck, 0o755);
  const canaryScript = join(made.dir, "canary");
  const client = `${stuck} "$@" >&3 2>&1 3>&- & client=$!\nexec 3>&-`;
  const trap = 'trap "kill \\$client; exit 0" TERM';
  writeFileSync(canaryScript, `${client}\n${trap}\nwait "$client"\nwait "$client"\n`);
  return { stuck, canaryScript };
}

describe("a client that goes on without an answer is given up, and nothing of it stays", () => {
  test.each([
    ["one that holds on to its words, alone", { text: STUCK, reason: "timeout", isWatched: false }],
    ["the same under a canary", { text: STUCK, reason: "timeout", isWatched: true }],
    ["one that lets go of them, alone", { text: MUTE, reason: "refused", isWatched: false }],
    ["that under a canary", { text: MUTE, reason: "refused", isWatched: true }],
  ])("%s", async (_, { text, reason, isWatched }) => {
    await using made = new RealTmux();
    const { stuck, canaryScript } = stuckLaunch(made, text);
    const patient = createTmux({ clock, exec, processes, tmuxPath: stuck, env });
    const outcome = await patient.newSession({
      ...made.spec,
      env: { ...env, OUT: made.dir },
      timeoutMs: 300,
      ...(isWatched ? { canaryScript } : {}),
    });
    expect(outcome).toMatchObject({ state: "failed", reason });
    const held = Number(readFileSync(join(made.dir, "held"), "utf8"));
    await until("what it held has ended", () => processes.exists(held) === "dead");
  }, 30_000);
});
