// The demonstration keeps away from the root of whoever runs it, and begins nothing without tmux.

import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scratch } from "./fake-app.ts";
import { Program, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
afterAll(() => program.close(), SLOW_MS);

test("the person's own root is neither opened nor made", async () => {
  const scratch = new Scratch();
  const TMPDIR = made(join(program.home, "tmp"));
  // Its daemon cannot be started here, which ends it before anything lives.
  const { code, err } = await scratch.type(["demo"], { env: { TMPDIR } });
  scratch.remove();
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("its daemon") });
  expect(scratch.roots.length).toBeGreaterThan(0);
  expect(scratch.roots.filter((root) => !root.startsWith(`${TMPDIR}/iapeer-demo`))).toEqual([]);
});

const old = join(program.home, "old-tmux");
writeFileSync(old, "#!/bin/sh\necho tmux 2.9\n");
chmodSync(old, 0o755);

test.each([
  ["that is not there", { IAPEER_TMUX: "/nope" }, "/nope is not there"],
  ["that no PATH leads to", { PATH: "/nowhere" }, "tmux is not there"],
  ["that is too old", { IAPEER_TMUX: old }, "tmux 2.9 is too old: 3.2 or newer is needed"],
])("with a tmux %s it says what the daemon says, and begins nothing", async (_, env, why) => {
  const shown = await program.run(["demo"], { env: { ...env, TMPDIR: program.home } });
  expect({ code: shown.code, out: shown.out }).toEqual({ code: 1, out: "" });
  expect(shown.err).toStartWith(`iapeer: tmux cannot be used\n  why: ${why}`);
  expect(shown.err).toContain("\n  next: install tmux 3.2 or newer: ");
  expect(shown.err).toBe((await program.run(["daemon", "run"], { env })).err);
  expect(readdirSync(program.home).filter((name) => name.startsWith("iapeer-demo"))).toEqual([]);
  expect(existsSync(join(program.root, "run/daemon.sock"))).toBe(false);
}, SLOW_MS);

test.each(["peers-profiles.json", "state/iapeer/daemon.lease", "run/daemon.sock"])(
  "ended as soon as there is its %s, it leaves nothing",
  async (sign) => {
    const scratches = () =>
      readdirSync(program.home).filter((name) => name.startsWith("iapeer-demo"));
    const demo = program.start(["demo"], { env: { TMPDIR: program.home } });
    await until(sign, () => scratches().some((dir) => existsSync(join(program.home, dir, sign))));
    demo.signal("SIGTERM");
    const { code, out } = await demo.done();
    expect({ code, left: scratches() }).toEqual({ code: 1, left: [] });
    const running = Bun.spawnSync(["ps", "-eo", "args"]).stdout.toString().split("\n");
    expect(running.filter((line) => line.includes(`${program.home}/iapeer-demo`))).toEqual([]);
    expect(out).toEndWith("All of it has been ended and removed.\n");
  },
  SLOW_MS,
);

test.each([
  ["that is not there", join(program.home, "no", "such")],
  ["that is a file", old],
  ["that is empty", ""],
  ["that is relative", "tmp"],
])("with a TMPDIR %s it is in /tmp", async (_, TMPDIR) => {
  const scratch = new Scratch();
  await scratch.type(["demo"], { env: { TMPDIR } });
  scratch.remove();
  expect(scratch.roots.at(-1)).toMatch(/^\/tmp\/iapeer-demo-\w+$/);
});

test.each([
  ["that is not there", () => join(program.home, "no", "such")],
  ["that leaves no room for sockets", () => made(join(program.home, "long".repeat(20)))],
])("with a TMPDIR %s it leaves nothing elsewhere", async (_, place) => {
  const TMPDIR = place();
  const before = readdirSync(program.home, { recursive: true });
  const { code, out } = await program.run(["demo"], { env: { TMPDIR } });
  expect(out).toMatch(/^ {2}in \/tmp\/iapeer-demo-\w+, /m);
  expect(code).toBe(0);
  expect(readdirSync(program.home, { recursive: true })).toEqual(before);
}, SLOW_MS);

function made(folder: string): string {
  mkdirSync(folder);
  return folder;
}
