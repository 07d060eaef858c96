// `iapeer uninstall --delete-data` while something is alive in what would be deleted: the preview
// says what the run would, and nobody is asked about what is refused.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scratch } from "./fake-app.ts";

const WORDS = ["uninstall", "--delete-data"];
const NEXT = "iapeer stop --all --yes, then uninstall again; nothing was deleted";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

const wakeUp = () =>
  scratch.host.probes.set(join(scratch.host.layout.runDir, "command-echo.sock"), "answers");

test("a preview begins with the refusal, and what to do first", async () => {
  wakeUp();
  const { code, out } = await scratch.type([...WORDS, "--preview"]);
  expect(code).toBe(0);
  expect(out).toStartWith(
    "would be refused: sessions are alive, or may be, and their data would be deleted under " +
      `them: command-echo\n  first: ${NEXT}\nwould `,
  );
  expect(out).toContain(`would delete ${scratch.root}, with the registry, state and logs\n`);
  const { refused } = JSON.parse((await scratch.type([...WORDS, "--preview", "--json"])).out);
  expect(refused).toMatchObject({ code: "session-running", why: "command-echo", next: NEXT });
});

test("the run is refused in the same words; a terminal is not asked first", async () => {
  wakeUp();
  for (const run of [
    await scratch.type([...WORDS, "--yes"]),
    await scratch.type(WORDS, { tty: true, says: false }),
  ]) {
    expect(run).toMatchObject({ code: 1, out: "" });
    expect(run.err).toStartWith("iapeer: sessions are alive, or may be");
    expect(run.err).toEndWith(`\n  next: ${NEXT}\n`);
  }
});

test("of more than ten that are alive it is said how many there are", async () => {
  for (let n = 10; n < 22; n += 1) {
    const name = `p${n}`;
    await scratch.type(["create", name, "--runtime", "command", "-q", "--", "/bin/cat"]);
    const socket = join(scratch.host.layout.runDir, `command-${name}.sock`);
    scratch.host.probes.set(socket, "answers");
  }
  const { err } = await scratch.type([...WORDS, "--yes"]);
  expect(err).toMatch(/command-p10, (?:command-p\d\d, ){8}command-p19, and 2 more\n/);
});

test("a daemon in a terminal, which nobody ends for it", async () => {
  scratch.answer = () => ({}) as never;
  const { out } = await scratch.type([...WORDS, "--preview"]);
  expect(out).toStartWith("would be refused: a daemon (pid 4242) runs in a terminal, ");
});

test("where nothing stands in its way, nothing is said of a refusal", async () => {
  const plain = await scratch.type([...WORDS, "--preview"]);
  expect(plain.out).toStartWith("would delete ");
  wakeUp();
  const kept = await scratch.type(["uninstall", "--preview", "--json"]);
  expect(JSON.parse(kept.out)).not.toHaveProperty("refused");
});

test("its account is in the order of the work: the provider, then what is deleted", async () => {
  await scratch.type(["create", "ada", "--runtime", "claude", "-q"]);
  const both = { command: "/bin/true", args: ["{personality}"] };
  const about = { provider: "acme", package: "@acme/memory", version: "1" };
  const declared = { ...about, provision: both, unprovision: both };
  writeFileSync(scratch.host.layout.memoryProvider, JSON.stringify(declared), { mode: 0o600 });
  const { code, out } = await scratch.type([...WORDS, "--yes"]);
  expect(code).toBe(0);
  const told = out.indexOf("ada: memory unprovision: claude:ok\n");
  expect(told).toBeGreaterThanOrEqual(0);
  expect(out.indexOf(`deleted ${scratch.root}\n`)).toBeGreaterThan(told);
});
