// A daemon in the background: whatever ends it says so beforehand and afterwards, and whoever looks
// later is told that it was ended, and the verb that starts it where it was.

import { afterAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const run = (...words: string[]) => program.run(words);
afterAll(async () => {
  await run("daemon", "stop");
  await program.close();
}, SLOW_MS);

const ENDED = /it was ended, after its last pass at \d{4}-/;

async function pid(): Promise<string> {
  const { out } = await run("daemon", "status", "--json");
  return String((JSON.parse(out) as { pid: number }).pid);
}

test(
  "before there was one, nobody says that it was ended",
  async () => {
    expect((await run("status")).out).toContain("no daemon has been started in this root");
    const { out, err } = await run("daemon", "status");
    expect(out).toContain("no daemon has been started in this root");
    expect(err).toContain("in the background: iapeer daemon start;");
    expect(err).toContain("iapeer daemon run");
  },
  SLOW_MS,
);

test(
  "after a stop: it was ended, and daemon start begins it again",
  async () => {
    const created = await run("create", "echo", "--", "/bin/cat");
    expect(created).toMatchObject({ code: 0 });
    expect(await run("daemon", "install", "--manager", "embedded")).toMatchObject({ code: 0 });
    expect(await run("daemon", "stop")).toMatchObject({ code: 0 });
    for (const words of [
      ["status"],
      ["daemon", "status"],
      ["doctor"],
      ["wake", "echo"],
      ["start", "echo"],
    ]) {
      const { code, out, err } = await run(...words);
      expect(code).toBe(1);
      expect(`${out}${err}`).toMatch(ENDED);
      expect(`${out}${err}`).toContain("iapeer daemon start");
      expect(`${out}${err}`).not.toContain("iapeer daemon run");
    }
  },
  SLOW_MS,
);

test(
  "a preview says what would come of it",
  async () => {
    const shown = async (verb: string) => (await run("daemon", verb, "--preview")).out;
    expect(await run("daemon", "stop")).toMatchObject({ code: 0 });
    const started = "would start the daemon, in the background\n";
    expect(await shown("start")).toBe(started);
    const install = ["daemon", "install", "--manager", "embedded", "--preview"];
    expect((await run(...install)).out).toEndWith("would start the daemon in the background\n");
    expect(await run("daemon", "start")).toMatchObject({ code: 0 });
    const daemon = `the daemon (pid ${await pid()})`;
    expect(await shown("start")).toBe(`would leave ${daemon} as it is\n`);
    expect((await run(...install)).out).toEndWith(`\nwould leave ${daemon} as it is\n`);
    expect(await shown("stop")).toBe(`would stop ${daemon}; sessions live on\n`);
    const again = `would restart ${daemon}, in the background; sessions live on\n`;
    expect(await shown("restart")).toBe(again);
  },
  SLOW_MS,
);

test(
  "one that does not come up: its own last words are told, and none of those before it",
  async () => {
    expect(await run("daemon", "stop")).toMatchObject({ code: 0 });
    const config = join(program.root, "config.json");
    writeFileSync(config, '{"tmux": "/not/there"}');
    const { code, err } = await run("daemon", "start");
    rmSync(config);
    expect(code).toBe(1);
    expect(err).toContain("it said: iapeer: tmux cannot be used");
    expect(err).not.toContain("supervising");
  },
  SLOW_MS,
);

test.each(["daemon uninstall", "uninstall"])(
  "%s: says that it would end the daemon, and that it has",
  async (verb) => {
    const words = verb.split(" ");
    expect(await run("daemon", "install", "--manager", "embedded")).toMatchObject({ code: 0 });
    const said = `the daemon (pid ${await pid()})`;
    const shown = await run(...words, "--preview");
    expect(shown.out).toContain(`would end ${said}; sessions live on\n`);
    expect(await run("daemon", "status")).toMatchObject({ code: 0 });
    const gone = await run(...words, "--yes");
    expect(gone).toMatchObject({ code: 0 });
    expect(gone.out).toContain(`ended ${said}; sessions live on\n`);
    const { out, err } = await run("daemon", "status");
    expect(out).toMatch(ENDED);
    expect(err).toContain("iapeer daemon run");
    expect((await run(...words, "--preview")).out).not.toContain("end the daemon");
  },
  SLOW_MS,
);

test(
  "uninstall where nothing is installed says so",
  async () => {
    await run("uninstall", "--yes");
    const { code, out } = await run("uninstall", "--yes");
    const kept = "peers, their folders, state and logs stay";
    expect({ code, out }).toEqual({ code: 0, out: `nothing was installed; ${kept}\n` });
  },
  SLOW_MS,
);
