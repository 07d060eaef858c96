// What a peer printed, and where the records disagree: read from files alone.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  const create = ["create", "echo", "-r", "command", "--", "/bin/cat"];
  expect(await scratch.type(create)).toMatchObject({ code: 0 });
});
afterEach(() => scratch.remove());

test("logs take control sequences out, and --raw leaves them", async () => {
  mkdirSync(scratch.host.layout.panesDir, { recursive: true });
  const printed = "one\r\n\u001b[31mtwo\u001b[0m\u0007\r\nthree\r\n";
  writeFileSync(`${scratch.host.layout.panesDir}/command-echo.log`, printed);
  expect((await scratch.type(["logs", "echo", "-n", "2"])).out).toBe("two\\x07\nthree\n");
  expect((await scratch.type(["logs", "echo", "--raw"])).out).toBe(printed);
  const json = await scratch.type(["logs", "echo", "-n", "1", "--json"]);
  expect(json.out).toBe('{"schema":"iapeer.log-line.v1","line":"three"}\n');
});

test("logs -n prints as many lines as asked, however far back they are", async () => {
  mkdirSync(scratch.host.layout.panesDir, { recursive: true });
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i} ${"é".repeat(20)}`);
  writeFileSync(`${scratch.host.layout.panesDir}/command-echo.log`, `${lines.join("\n")}\n`);
  const printed = async (count: number) =>
    (await scratch.type(["logs", "echo", "-n", String(count)])).out.trimEnd().split("\n");
  expect(await printed(20_000)).toEqual(lines.slice(-20_000));
  expect(await printed(99_999)).toEqual(lines);
});

test.each([
  ["renamed", "other", "  why: it is called other now\n", "logs other -f"],
  ["removed", null, "", "list shows the peers"],
] as const)("logs -f of one that is %s meanwhile", async (...[, name, why, next]) => {
  const { panesDir, registry } = scratch.host.layout;
  mkdirSync(panesDir, { recursive: true });
  writeFileSync(`${panesDir}/command-echo.log`, "hello\n");
  const { peers, ...rest } = JSON.parse(readFileSync(registry, "utf8")) as { peers: object[] };
  const left = name === null ? [] : peers.map((peer) => ({ ...peer, personality: name }));
  const { clock } = scratch.host;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    writeFileSync(registry, JSON.stringify({ ...rest, peers: left }));
    rmSync(`${panesDir}/command-echo.log`, { force: true });
    return sleep(ms, signal);
  };
  expect(await scratch.type(["logs", "echo", "-f"])).toEqual({
    code: 1,
    out: "hello\n",
    err: `iapeer: echo is no longer a peer\n${why}  next: iapeer ${next}\n`,
  });
});

test("logs -f of one that is renamed with its folder names it, in the same runtime", async () => {
  const { panesDir, lifecycleLog } = scratch.host.layout;
  await scratch.type(["add-runtime", "echo", "claude"]);
  mkdirSync(panesDir, { recursive: true });
  writeFileSync(`${panesDir}/claude-echo.log`, "hello\n");
  const { clock } = scratch.host;
  const sleep = clock.sleep.bind(clock);
  let polls = 0;
  clock.sleep = async (ms, signal) => {
    polls += 1;
    if (polls === 1) {
      expect(await renamePeer(scratch.host, { from: "echo", to: "other" })).toMatchObject({
        value: { movedFrom: `${scratch.root}/peers/echo` },
      });
    }
    // The daemon's line about it comes last.
    if (polls === 2) {
      const line = "ts=2026-12-01T10:00:00.000Z ev=renamed from=echo to=other\n";
      appendFileSync(lifecycleLog, line);
    }
    return sleep(ms, signal);
  };
  expect(await scratch.type(["logs", "echo", "-f", "-r", "claude"])).toMatchObject({
    code: 1,
    err:
      "iapeer: echo is no longer a peer\n  why: it is called other now\n" +
      "  next: iapeer logs other -r claude -f\n",
  });
});

test("notes and warnings are one line of text, whatever they name", async () => {
  const cwd = `${scratch.root}/a\u001b]0;x\u0007`;
  const typed = ["create", "odd", "--cwd", cwd, "-r", "claude"];
  const { err } = await scratch.type([...typed, "--root", "/r\u001b[2J"]);
  expect(err).toContain("--root '/r\\x1b[2J' wake odd");
  // oxlint-disable-next-line no-control-regex
  expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test("logs of a peer that has printed nothing: woken, or asked why it could not be", async () => {
  const never = await scratch.type(["logs", "echo"]);
  expect(never).toMatchObject({ code: 1, out: "" });
  expect(never.err).toEndWith("\n  next: iapeer wake echo\n");
  const { lifecycleLog } = scratch.host.layout;
  mkdirSync(dirname(lifecycleLog), { recursive: true });
  const line = "ts=2026-01-31T08:00:00.000Z ev=wake identity=command-echo mode=failed\n";
  writeFileSync(lifecycleLog, line);
  expect((await scratch.type(["logs", "echo"])).err).toBe(
    "iapeer: echo has printed nothing yet\n" +
      "  why: its launch failed before that, or its log was removed for its age\n" +
      "  next: iapeer why echo\n",
  );
});

test("verify --fix: the daemon gives a peer the name that its profile has", async () => {
  const profile = `${scratch.root}/peers/echo/.iapeer/peer-profile.json`;
  writeFileSync(profile, readFileSync(profile, "utf8").replace('"echo"', '"other"'));
  scratch.answer = ({ personality }) => ({
    result: "refused",
    identity: `command-${personality}` as never,
    cause: "alive",
    detail: "it is running",
    next: "iapeer stop echo",
  });
  const { code, out } = await scratch.type(["verify", "--fix"]);
  const cwd = `${scratch.root}/peers/echo`;
  expect(scratch.calls).toMatchObject([
    { personality: "echo", verb: "rename", request: { to: "other", cwd } },
  ]);
  expect(code).toBe(1);
  expect(out).toBe(
    `error  profile-renamed: ${cwd}\n` +
      "  why:  its profile says other, and it has not got that name: it is running\n" +
      "  next: iapeer stop echo; then: iapeer verify --fix\n",
  );
});

test("verify: agreement, divergence and --fix", async () => {
  expect(await scratch.type(["verify"])).toMatchObject({ code: 0 });
  writeFileSync(`${scratch.root}/peers/echo/.iapeer/peer-profile.json`, "{", { mode: 0o600 });
  const found = await scratch.type(["verify", "--json"]);
  expect(found.code).toBe(1);
  expect(JSON.parse(found.out).findings).toMatchObject([{ code: "profile-corrupt" }]);
  const fixed = await scratch.type(["verify", "--fix"]);
  expect(fixed.out).toStartWith("fixed profile-corrupt: ");
  expect((await scratch.type(["verify"])).code).toBe(0);
});
