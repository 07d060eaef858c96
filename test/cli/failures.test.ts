// Failures as a person meets them (CLI contract): what happened, why, what to do next; one line
// for a slip of the fingers; no stack trace without --debug.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { renderFailure } from "../../src/cli/fail.ts";
import { painter } from "../../src/cli/render/color.ts";
import { IapeerError } from "../../src/core/error.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
beforeAll(async () => {
  const made = await scratch.type(["create", "echo", "--runtime", "command", "--", "/bin/cat"]);
  expect(made.code).toBe(0);
});
afterAll(() => scratch.remove());

const DAEMON = "run, status, install, uninstall, start, stop, restart";

describe("one line, a suggestion, exit 2", () => {
  test.each([
    [["waek", "echo"], 'there is no verb "waek"; did you mean iapeer wake?'],
    [["ls"], 'there is no verb "ls"; did you mean iapeer list?'],
    [["restart", "echo"], 'there is no verb "restart"; did you mean iapeer new, or iapeer stop ' +
      "and iapeer start, which resumes?"],
    [["cladue"], 'there is no verb "cladue"; did you mean iapeer claude?'],
    [["frobnicate"], 'there is no verb "frobnicate"; see iapeer --help'],
    [["daemon"], `daemon needs a verb; one of ${DAEMON}`],
    [["daemon", "stats"], 'daemon has no verb "stats"; did you mean iapeer daemon status?'],
    [["--jsn"], "there is no option --jsn; see iapeer --help"],
    [["--hepl"], "there is no option --hepl; did you mean --help?"],
    [["list", "-x"], "list has no option -x; see iapeer list --help"],
    [["wake", "ehco"], 'no peer is called "ehco"; did you mean echo?'],
    [["wake", "command-echo"], 'no peer is called "command-echo"; did you mean echo?'],
    [["wake", "zzz"], 'no peer is called "zzz"; iapeer list shows the peers'],
    [["wake", "echo", "-r", "comand"], 'echo has no runtime "comand"; did you mean command?'],
    [["run-infra", "echo", "nope"], 'no runtime is called "nope"; runtimes: claude, codex, ' +
      "command"],
    [["wake", "echo", "--fresh", "--resume"], "--fresh and --resume exclude each other; see " +
      "iapeer wake --help"],
    [["wake", "echo", "--message="], "the message is empty; leave --message out to wake " +
      "without one"],
    [["wake", "echo", "--message= \n"], "the message is empty; leave --message out to wake " +
      "without one"],
    [["create", "echo"], 'there is a peer echo already'],
    [["create", "Echo"], '"Echo" is not a peer name: a letter, then a-z, 0-9 and "-", at most ' +
      '32 characters; try "echo"; for instance ada, or night-shift-2'],
    [["create", "x", "-r", "claud"], 'no runtime is called "claud"; did you mean claude?'],
    [["create", "x", "--wake-policy", "wram"], '--wake-policy cannot be "wram"; did you mean ' +
      "warm?"],
    [["create", "x", "--env", "SECRET"], "--env takes K=V; for instance --env LANG=C.UTF-8"],
    [["create", "x", "--ready", "ok"], "--ready is for a command, and none follows --; … " +
      "--ready REGEX -- argv…"],
    [["create", "x", "--cwd", "", "--", "cat"], "--cwd needs a value; see iapeer create --help"],
    [["create", "x", "--cwd=", "--", "cat"], "--cwd needs a value; see iapeer create --help"],
    [["init", ""], "init takes a folder, and was given an empty name; without a name it is this " +
      "folder: iapeer init"],
    [["provider", "init", ""], "provider init was given a folder without a name; without one it " +
      "is memory-provider here: iapeer provider init"],
    [["install", "--from", ""], "--from needs a value; see iapeer install --help"],
    [["wake", "echo", "hi"], 'wake does not take "hi"; what to say comes after --message'],
    [["create", "x", "--"], "nothing follows --; put the program there that the peer is to run, " +
      "or leave -- out"],
    [["create", "x", "argv"], 'create does not take "argv"; what the peer runs comes after --'],
    [["stop"], "stop needs <peer> or --all; see iapeer stop --help"],
    [["stop", "echo", "--all"], "stop takes a peer or --all, not both; see iapeer stop --help"],
    [["remove", "echo"], "remove needs --yes without a terminal; --preview shows what it would do"],
    [["stop", "--all"], "stop needs --yes without a terminal; --preview shows what it would do"],
    [["wake", "echo", "--message", "--", "x"], "--message needs a value; see iapeer wake --help"],
    [["wake", "echo", "-m"], "-m needs a value; see iapeer wake --help"],
    [["wake", "echo", "-q=1"], "-q takes no value; see iapeer wake --help"],
    [["top", "--every", "soon"], '--every: "soon" is not a duration such as 90, 90s, 5m, 2h or ' +
      "500ms; for instance --every 5m"],
    [["list", "--state", "alvie"], '--state cannot be "alvie"; did you mean alive?'],
    [["events", "--peer", "ehco"], 'no peer is called "ehco"; did you mean echo?'],
    [["events", "--peer", "command-ehco"], 'no peer is called "ehco"; did you mean echo?'],
    [["exits", "--all", "-n", "3"], "exits takes --lines or --all, not both; see iapeer exits " +
      "--help"],
    [["events", "--all", "-n", "3"], "events takes --lines or --all, not both; see iapeer events " +
      "--help"],
    [["logs", "echo", "-n", "many"], '--lines takes a whole number, not "many"; for instance ' +
      "--lines 4"],
    [["wake", "echo", "--fresh=true"], "--fresh takes no value; see iapeer wake --help"],
    [["wake", "--fresh", "true"], 'no peer is called "true"; iapeer list shows the peers'],
    [["events", "--since", "then"], '--since cannot be "then"; it takes a duration like 2h, or ' +
      "an instant like 2026-01-31T08:00:00Z"],
    [["completion", "ksh"], 'there is no completion for "ksh"; there is for bash, zsh, fish'],
    [["attach", "echo"], "attach needs a terminal; iapeer logs echo shows what it printed"],
    [["self-done"], "self-done was not run by a peer, so it needs a peer's name; iapeer " +
      "self-done <peer>"],
    [["--root=", "list"], "--root needs a value; see iapeer list --help"],
    [["list", "--root", ""], "--root needs a value; see iapeer list --help"],
    [["list", "--root"], "--root needs a value; see iapeer list --help"],
    [[], "no verb was given; see iapeer --help"],
  ])("%j", async (words, said) => {
    const { code, out, err } = await scratch.type(words);
    const [first = "", ...more] = err.split("\n");
    if (code === 1) {
      // A refusal with a reason: what, why and next.
      expect(first).toBe(`iapeer: ${said}`);
      return;
    }
    expect({ code, out, first, more }).toEqual({
      code: 2,
      out: "",
      first: `iapeer: ${said}`,
      more: [""],
    });
  });
});

describe("what, why, next", () => {
  test("no daemon: how to start one, for the same root", async () => {
    const { code, out, err } = await scratch.type(["wake", "echo", "--root", "/a b"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      "iapeer: the daemon is not running, and only it launches sessions\n" +
        "  why: nothing answers on its socket\n" +
        "  next: start it in the background: iapeer --root '/a b' daemon start; " +
        "or in a terminal of its own: iapeer --root '/a b' daemon run\n",
    );
  });

  test("next steps that others name are for the same root too", async () => {
    const refusal = { result: "refused", identity: "command-echo", cause: "stopped", detail: "d" };
    scratch.answer = () => ({ ...refusal, next: "iapeer start echo, or iapeer new echo" }) as never;
    const at = ["--root", "/a b"];
    const { err } = await scratch.type(["wake", "echo", ...at]);
    expect(err).toEndWith(
      "  next: iapeer --root '/a b' start echo, or iapeer --root '/a b' new echo\n",
    );
    scratch.answer = undefined;
    const { out } = await scratch.type(["status", ...at]);
    expect(out).toContain("next: iapeer --root '/a b' daemon start, or in a terminal of its own: ");
    expect(out).toContain("iapeer --root '/a b' daemon run");
    const bare = await scratch.type(at, { tty: true });
    expect(bare.out).toMatch(/^ {2}iapeer --root '\/a b' wake echo/m);
    expect((await scratch.type(["wake", "zzz", ...at])).err).toEndWith(
      "; iapeer --root '/a b' list shows the peers\n",
    );
  });

  test("a refusal names its cause", async () => {
    scratch.answer = () => ({
      result: "refused",
      identity: "command-echo" as never,
      cause: "stopped",
      detail: "stopped by the operator",
      next: "iapeer start echo",
    });
    const { code, err } = await scratch.type(["wake", "echo"]);
    scratch.answer = undefined;
    expect({ code, err }).toEqual({
      code: 1,
      err:
        "iapeer: wake command-echo: refused (stopped)\n" +
        "  why: stopped by the operator\n" +
        "  next: iapeer start echo\n",
    });
  });

  test.each([[["list"]], [["status"]], [["verify"]], [["show", "x"]]])(
    "a root of a newer iapeer, to %j",
    async (words) => {
      const newer = new Scratch();
      mkdirSync(newer.host.layout.stateDir, { recursive: true });
      writeFileSync(newer.host.layout.layoutVersion, '{"version": 99}', { mode: 0o600 });
      const { code, out, err } = await newer.type(words);
      newer.remove();
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(`${newer.root} was written by a newer iapeer\n  why: `);
      expect(err).toContain("  next: update iapeer");
    },
  );

  test("a corrupt registry", async () => {
    const broken = new Scratch();
    writeFileSync(broken.host.layout.registry, "{", { mode: 0o600 });
    const { code, err } = await broken.type(["show", "echo"]);
    broken.remove();
    expect(code).toBe(1);
    expect(err).toStartWith(`iapeer: the registry ${broken.root}/peers-profiles.json cannot`);
    expect(err).toContain("\n  why: ");
    expect(err).toEndWith("  next: iapeer verify --fix\n");
  });
});

describe("renderFailure", () => {
  const plain = (thrown: unknown, debug = false) =>
    renderFailure(thrown, { paint: painter(false), debug });

  test("control characters in any part are shown, not sent", () => {
    const { text } = plain(
      new IapeerError({ code: "x", what: "a\u001b[2J", why: "b\nnext: c", next: "d\u202e" }),
    );
    expect(text).toBe("iapeer: a\\x1b[2J\n  why: b\\nnext: c\n  next: d\\u202e\n");
  });

  test("a bug says so, and shows its stack only with --debug", () => {
    const bug = new TypeError("x is not a function");
    expect(plain(bug).text).toBe(
      "iapeer: something went wrong inside iapeer itself\n" +
        "  why: x is not a function\n" +
        "  next: run it again with --debug, and report what it prints\n",
    );
    expect(plain(bug, true).text).toContain("failures.test.ts");
    expect(plain("thrown text", true)).toMatchObject({ exit: 1 });
  });

  test("--debug shows the code of a failure", async () => {
    const { err } = await scratch.type(["wake", "ehco", "--debug"]);
    expect(err).toContain("  code: unknown-peer\n");
    const after = await scratch.type(["create", "x", "-r", "claude", "--", "--debug"]);
    expect(after.err).not.toContain("code:");
  });
});
