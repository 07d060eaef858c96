// The spawned program without a daemon: fast paths, help of every verb, exit codes, streams.

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { version } from "../../package.json" with { type: "json" };
import { FOLDER_LAUNCH, VERBS } from "../../src/cli/tree.ts";
import { MAIN, Program } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
afterAll(() => program.close(), SLOW_MS);

test("--version prints the version and touches nothing", async () => {
  expect(await program.run(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  expect(await program.run(["list", "--version"])).toEqual({
    code: 0,
    out: `${version}\n`,
    err: "",
  });
  expect(await Bun.file(program.root).exists()).toBe(false);
});

test("--help of the program names every verb", async () => {
  const { code, out, err } = await program.run(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const { name } of VERBS) expect(out).toContain(`  ${name} `);
});

test(
  "--help and an unknown option of every verb: exit 0 and 2, and nothing is made",
  async () => {
    for (const verb of VERBS) {
      const typed = verb.name === FOLDER_LAUNCH ? ["command"] : verb.name.split(" ");
      const [help, unknown] = await Promise.all([
        program.run([...typed, "--help"]),
        program.run([...typed, "--rooot=x"]),
      ]);
      expect(help).toMatchObject({ code: 0, err: "" });
      expect(help.out).toContain(verb.examples[0].line);
      expect(unknown).toEqual({
        code: 2,
        out: "",
        err: `iapeer: ${typed.join(" ")} has no option --rooot; did you mean --root?\n`,
      });
    }
    expect(await Bun.file(`${program.root}/state`).exists()).toBe(false);
  },
  SLOW_MS,
);

describe("a first peer, without a daemon", () => {
  test(
    "is created, listed, shown, verified, and removed",
    async () => {
      const made = await program.run(["create", "echo", "--", "/bin/cat"]);
      expect(made).toMatchObject({
        code: 0,
        out: `created echo (command) in ${program.root}/peers/echo\n`,
      });
      const listed = await program.run(["list", "--json"]);
      expect(listed).toMatchObject({ code: 0, err: "" });
      expect(JSON.parse(listed.out)).toMatchObject({
        schema: "iapeer.list.v1",
        peers: [{ personality: "echo", runtimes: [{ identity: "command-echo", state: "asleep" }] }],
      });
      const shown = await program.run(["show", "echo", "--json"]);
      expect(JSON.parse(shown.out)).toMatchObject({ schema: "iapeer.show.v1", ends: [] });
      expect((await program.run(["verify"])).code).toBe(0);
      expect((await program.run(["exits"])).code).toBe(0);
      expect((await program.run(["why", "echo"])).code).toBe(0);
      expect((await program.run(["live-runtime", "echo"])).code).toBe(1);
      expect((await program.run(["daemon", "status"])).code).toBe(1);
      expect((await program.run(["daemon", "stop"])).code).toBe(0);
      const asleep = await program.run(["wake", "echo"]);
      expect(asleep.code).toBe(1);
      expect(asleep.err).toContain("iapeer daemon run");
      const stopped = await program.run(["stop", "echo"]);
      expect(stopped).toMatchObject({ code: 0, err: "" });
      const state = JSON.parse((await program.run(["list", "--json"])).out);
      expect(state.peers[0].runtimes[0].state).toBe("stopped");
      const removed = await program.run(["remove", "echo", "--yes"]);
      expect(removed.code).toBe(0);
      // What went is named, file by file.
      const doc = `${program.root}/state/iapeer/peers/command-echo.json`;
      expect(removed.out.split("\n")).toContain(doc);
      expect(existsSync(doc)).toBe(false);
      expect(removed.out).toContain(`its folder stays: ${program.root}/peers/echo\n`);
      expect((await program.run(["show", "echo"])).code).toBe(2);
    },
    SLOW_MS,
  );

  test(
    "a folder with a hostile name becomes a peer",
    async () => {
      const folder = `${program.home}/-Ünï $(id) "q'`;
      const made = await program.run(["init", "-r", "command", "--", "/bin/cat"], {
        cwd: program.home,
      });
      expect(made.code).toBe(0);
      const odd = await program.run(["init", "-r", "claude", "--json", `./-Ünï $(id) "q'`]);
      expect(odd.code).toBe(0);
      expect(JSON.parse(odd.out).peer).toMatchObject({ personality: "u-ni-id-q", cwd: folder });
    },
    SLOW_MS,
  );
});

test(
  "a root and a folder behind links are the ones that they lead to",
  async () => {
    mkdirSync(`${program.home}/real`);
    symlinkSync(`${program.home}/real`, `${program.home}/link`);
    const env = { IAPEER_ROOT: `${program.home}/link/root/` };
    const made = await program.run(["create", "ada", "--", "/bin/cat"], { env });
    expect(made.out).toBe(`created ada (command) in ${program.home}/real/root/peers/ada\n`);
    expect(await program.run(["verify"], { env })).toMatchObject({ code: 0 });
    const cwd = `${program.home}/link/root/peers/ada`;
    const launched = await program.run(["command"], { env, cwd });
    expect(launched.err).toContain("the daemon is not running");
  },
  SLOW_MS,
);

test.each([["a folder", (path: string) => mkdirSync(path, { recursive: true })]])(
  "a config.json that cannot be read is an error that names it: %s",
  async (_, make) => {
    const root = `${program.home}/configured`;
    make(`${root}/config.json`);
    const env = { IAPEER_ROOT: root };
    const { code, out, err } = await program.run(["create", "ada", "--", "/bin/cat"], { env });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^iapeer: the configuration cannot be used\n {2}why: .*config\.json/);
    const listed = await program.run(["list"], { env });
    expect(listed).toMatchObject({ code: 0, out: "" });
    expect(listed.err).toMatch(/^warning: .*config\.json/m);
  },
  SLOW_MS,
);

test(
  "more on stdin than a message may have is wrong input, not a bug",
  async () => {
    const env = { IAPEER_ROOT: `${program.home}/piped` };
    expect((await program.run(["create", "bob", "--", "/bin/cat"], { env })).code).toBe(0);
    const stdin = "x".repeat(70_000);
    const { code, err } = await program.run(["wake", "bob", "-m", "-"], { env, stdin });
    expect(code).toBe(2);
    expect(err).toStartWith("iapeer: there are more than 64000 bytes on stdin; put them into a ");
  },
  SLOW_MS,
);

describe("streams", () => {
  const sh = (line: string) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync(["bash", "-c", line], {
      cwd: program.home,
      env: { ...process.env, HOME: program.home, IAPEER_ROOT: program.root },
    });
    return { out: stdout.toString(), err: stderr.toString(), code: exitCode };
  };
  const iapeer = `'${process.execPath}' '${MAIN}'`;

  test("a reader that goes away is no error", () => {
    const { err, out } = sh(`${iapeer} --help | head -c 5`);
    expect({ err, out }).toEqual({ err: "", out: "Keeps" });
  });

  test("a long answer reaches a slow reader whole", () => {
    const { out } = sh(`${iapeer} completion bash | (sleep 0.2; cat) | wc -c`);
    expect(Number(out)).toBeGreaterThan(500);
  });

  test("a working folder that is gone is no error", () => {
    const { err, out } = sh(`mkdir gone && cd gone && rmdir ../gone && ${iapeer} list --json`);
    expect({ err, out: JSON.parse(out).schema }).toEqual({ err: "", out: "iapeer.list.v1" });
  });

  test("no colour off a terminal", () => {
    expect(sh(`${iapeer} status; ${iapeer} wake nobody`).out).not.toContain("\u001b");
  });
});
