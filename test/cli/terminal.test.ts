// The program on a real terminal (a tmux pane of its own): the live table, attaching, colour, and
// a question.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sizeOf } from "../../src/cli/terminal.ts";
import { isRunning, MAIN, Program, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();

const stateOf = async (name: string): Promise<string> => {
  const { out } = await program.run(["show", name, "--json"]);
  return JSON.parse(out).runtimes[0].state;
};

const socket = join(program.home, "t.sock");
const tmux = (...words: string[]) =>
  Bun.spawnSync(["tmux", "-u", "-f", "/dev/null", "-S", socket, ...words], {
    env: {
      ...process.env,
      TMUX: "",
      NO_COLOR: "",
      HOME: program.home,
      IAPEER_ROOT: program.root,
      LANG: "C.UTF-8",
    },
  }).stdout.toString();
const screen = () => tmux("capture-pane", "-p", "-t", "t");
const type = (line: string) => tmux("send-keys", "-t", "t", line, "Enter");
const onScreen = (what: string, text: string | RegExp) =>
  until(`${what} on the screen`, () => screen().match(text) !== null);

beforeAll(async () => {
  await program.startDaemon();
  for (const name of ["echo", "parrot"]) {
    expect(await program.run(["create", name, "--", "/bin/cat"])).toMatchObject({ code: 0 });
  }
  expect(await program.run(["wake", "echo"])).toMatchObject({ code: 0 });
  expect(await program.run(["stop", "parrot"])).toMatchObject({ code: 0 });
  tmux("new-session", "-d", "-s", "t", "-x", "100", "-y", "30", "env", "PS1=$ ", "sh");
  type(`iapeer() { '${process.execPath}' '${MAIN}' "$@"; }`);
}, SLOW_MS);
afterAll(async () => {
  const pid = Number(tmux("display-message", "-p", "#{pid}"));
  tmux("kill-server");
  await until("the terminal's end", () => !isRunning(pid));
  await program.close();
}, SLOW_MS);

test("a terminal of no size is one of the usual size", () => {
  expect(sizeOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(sizeOf(null)).toEqual({ columns: 80, rows: 24 });
  expect(sizeOf({ columns: 100, rows: 30 })).toEqual({ columns: 100, rows: 30 });
});

test(
  "top draws in place, goes on, and leaves the screen as it was at q",
  async () => {
    type("clear; iapeer top --every 200ms; echo left=$?");
    await onScreen("the table", /^echo +command +alive/m);
    expect(await program.run(["stop", "echo"])).toMatchObject({ code: 0 });
    await onScreen("the change", /^echo +command +stopped/m);
    expect(screen().match(/^echo /gm)).toHaveLength(1);
    tmux("send-keys", "-t", "t", "q");
    await onScreen("the end", /^left=0/m);
    expect(screen()).not.toContain("NAME");
  },
  SLOW_MS,
);

test(
  "top on a screen that is too small says how many more there are",
  async () => {
    tmux("resize-window", "-t", "t", "-x", "100", "-y", "5");
    type("clear; iapeer top --every 200ms");
    await onScreen("the rest", /^… 2 more: a taller terminal, or iapeer list/m);
    tmux("resize-window", "-t", "t", "-x", "100", "-y", "30");
    await onScreen("all of it", /^parrot +command/m);
    expect(screen()).not.toContain("more:");
    tmux("send-keys", "-t", "t", "q");
    await until("the end", () => !screen().includes("NAME"));
  },
  SLOW_MS,
);

test(
  "attach hands the terminal over and takes it back",
  async () => {
    expect(await program.run(["start", "echo"])).toMatchObject({ code: 0 });
    type("clear; iapeer attach echo; echo detached=$?");
    await until("the client", async () => {
      const { out } = await program.run(["show", "echo", "--json"]);
      return JSON.parse(out).runtimes[0].attached === 1;
    });
    type("typed by hand");
    await until("what was typed", async () => {
      return (await program.run(["logs", "echo"])).out.includes("typed by hand");
    });
    tmux("send-keys", "-t", "t", "C-b", "d");
    await onScreen("the prompt", /^detached=0/m);
    expect(screen()).not.toContain("has ended");
  },
  SLOW_MS,
);

test(
  "the bare program shows where things stand and three commands, in colour",
  async () => {
    type("clear; iapeer");
    await onScreen("the commands", /iapeer --help/);
    expect(screen().match(/^ {2}iapeer /gm)).toHaveLength(3);
    expect(tmux("capture-pane", "-p", "-e", "-t", "t")).toMatch(/\[32m\d alive/);
    for (const plain of ["iapeer status --no-color", "NO_COLOR=1 iapeer status"]) {
      type(`clear; ${plain}; echo said=$?`);
      await onScreen("the status", /^root {4}\S[^]*^said=/m);
      expect(tmux("capture-pane", "-p", "-e", "-t", "t")).not.toContain("\u001b[3");
      type("clear; echo $((20 + 22))");
      await onScreen("an empty screen", /^42/);
    }
  },
  SLOW_MS,
);

const presenceOf = async (name: string): Promise<{ attached: number; server_pid: number }> =>
  JSON.parse((await program.run(["show", name, "--json"])).out).runtimes[0];

const ENDS: readonly (readonly [string, () => unknown, string, 0 | 1])[] = [
  [
    "its program",
    () => tmux("send-keys", "-t", "t", "C-d"),
    "its process has exited with code 0",
    0,
  ],
  [
    "a stop",
    () => program.run(["stop", "echo"]),
    "ended by iapeer (stop, asked for by the operator)",
    0,
  ],
  [
    "its server's death",
    async () => process.kill((await presenceOf("echo")).server_pid, "SIGKILL"),
    "its tmux server is gone (server-vanished)",
    1,
  ],
];

test.each(ENDS)(
  "whoever was attached is told of the end by %s",
  async (...row) => {
    const [, end, told, exit] = row;
    expect(await program.run(["new", "echo"])).toMatchObject({ code: 0 });
    const right = '[ "$was" = "$(stty -g)" ] && echo right=$rc';
    type(`was=$(stty -g); clear; iapeer attach echo; rc=$?; ${right}`);
    await until("the client", async () => (await presenceOf("echo")).attached === 1);
    await end();
    await onScreen("the terminal, put right", new RegExp(`^right=${exit}`, "m"));
    const said = screen().replaceAll("\n", "");
    expect(said).toContain(`command-echo has ended: ${told}; iapeer why echo says more`);
    expect(tmux("display-message", "-p", "-t", "t", "#{alternate_on}")).toBe("0\n");
  },
  SLOW_MS,
);

test.each([
  ["Ctrl-C", "C-c"],
  ["Ctrl-D", "C-d"],
])(
  "%s at a question ends its line, and changes nothing",
  async (_, key) => {
    type("clear; iapeer remove parrot; echo said=$?");
    await onScreen("the question", /Go on\? \[y\/N\]/);
    tmux("send-keys", "-t", "t", key);
    await onScreen("the answer", /\[y\/N\].*\nnothing was changed\nsaid=1\b/);
    expect(await stateOf("parrot")).toBe("stopped");
  },
  SLOW_MS,
);

test(
  "a question is asked, and no leaves everything as it was",
  async () => {
    type("clear; iapeer remove parrot; echo said=$?");
    await onScreen("the question", /Go on\? \[y\/N\]/);
    type("n");
    await onScreen("the answer", /^said=1/m);
    expect(await stateOf("parrot")).toBe("stopped");
    type("clear; iapeer remove parrot; echo said=$?");
    await onScreen("the question", /Go on\? \[y\/N\]/);
    type("y");
    await onScreen("the answer", /^said=0/m);
    expect((await program.run(["show", "parrot"])).code).toBe(2);
  },
  SLOW_MS,
);

test(
  "what nohup has started follows on when the terminal that it reads from has gone",
  async () => {
    const file = (name: string) => join(program.home, name);
    const said = () => readFileSync(file("said"), "utf8");
    const follow = `exec "${process.execPath}" "${MAIN}" events -f > "${file("said")}" 2>&1`;
    type(`clear; sh -c 'trap "" HUP; echo $$ > "${file("pid")}"; ${follow}' & echo begun`);
    await onScreen("the shell", /^begun/m);
    await until("the past", () => Bun.file(file("said")).size > 0);
    const { length } = said();
    expect(await program.run(["new", "echo"])).toMatchObject({ code: 0 });
    await until("what has happened since", () => said().length > length);
    const pid = Number(readFileSync(file("pid"), "utf8"));
    process.kill(pid, "SIGHUP");
    await Bun.sleep(500);
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, "SIGTERM");
    await until("its end", () => !isRunning(pid));
  },
  SLOW_MS,
);
