// A program that ends at once: whoever launched it is told how it ended, and where to look, also
// where it printed nothing.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Program } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();

beforeAll(async () => {
  await program.startDaemon();
  for (const [name, script] of [
    ["mute", "exit 0"],
    ["loud", "echo no licence; exit 3"],
    ["shot", "kill -9 $$"],
  ] as const) {
    const made = await program.run(["create", name, "--", "/bin/sh", "-c", script]);
    expect(made.code).toBe(0);
  }
}, SLOW_MS);
afterAll(() => program.close(), SLOW_MS);

test.each([
  { verb: "wake", name: "mute", how: "exit code 0", next: "why mute" },
  { verb: "new", name: "mute", how: "exit code 0", next: "why mute" },
  { verb: "wake", name: "loud", how: "exit code 3", next: "logs loud" },
  { verb: "wake", name: "shot", how: "signal 9", next: "why shot" },
])("$verb $name names its $how, and iapeer $next", async ({ verb, name, how, next }) => {
  // Quiet: a machine that is busy would have it say that it goes on.
  expect(await program.run([verb, name, "--quiet"])).toEqual({
    code: 1,
    out: "",
    err:
      `iapeer: ${verb} command-${name}: failed (ended-at-launch)\n` +
      `  why: it ended before it was ready (${how})\n` +
      `  next: iapeer ${next}\n`,
  });
  expect((await program.run(["why", name])).out).toContain(`process ended (${how})`);
});

test("logs of one that printed nothing says so, and why says how it ended", async () => {
  expect(await program.run(["logs", "mute"])).toEqual({
    code: 0,
    out: "",
    err: "the log of command-mute is empty; next: iapeer why mute\n",
  });
  expect(await program.run(["logs", "loud"])).toMatchObject({ code: 0, err: "" });
});

test("what another life printed is not taken for this one's", async () => {
  const once = "test -e been && exit 4; touch been; echo first; exit 5";
  await program.run(["create", "once", "--", "/bin/sh", "-c", once]);
  expect((await program.run(["wake", "once"])).err).toEndWith("\n  next: iapeer logs once\n");
  expect((await program.run(["wake", "once"])).err).toEndWith(
    "(exit code 4)\n  next: iapeer why once\n",
  );
}, SLOW_MS);
