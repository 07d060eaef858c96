// Values of launch.env and of an env file are in no argv of any process at any moment, and in no
// byte under the root that iapeer writes: state, logs, records, forensics. What a peer prints is
// recorded in its pane log as it was printed, and redacted in forensics (docs/logs-and-records.md).

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { renderLaunchEnv } from "../../src/formats/launch-env.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";

const MIRROR = Bun.fileURLToPath(new URL("./programs/mirror.ts", import.meta.url));
const PEER = "keeper" as Personality;
const SECRETS = {
  API_TOKEN: "tok-8f3a61d2c4b94f0e",
  PASSPHRASE: `it's "odd" $(id) \\ %s 41c7e9`,
} as const;
const FROM_FILE = { FILE_TOKEN: "file-55d0c2ab9f7e4d1c" } as const;
const PRINTING = ["/bin/sh", "-c", 'echo "$API_TOKEN"; echo "$PASSPHRASE"; exec cat'];

/** As they are, and as JSON would hold them. */
const NEEDLES = Object.values({ ...SECRETS, ...FROM_FILE }).flatMap((value) => [
  value,
  JSON.stringify(value).slice(1, -1),
]);

const holding = (text: string) => NEEDLES.filter((needle) => text.includes(needle));

describe("secrets", () => {
  test("are in no argv and in no file that iapeer writes", async () => {
    await using fleet = new Fleet();
    await createKeeper(fleet, [process.execPath, MIRROR], "mirror is ready");
    await fleet.startDaemon();
    const watched = await whileWatchingArgv(async () => {
      expect((await fleet.cli(["wake", PEER, "--message=hello", "--topic=t"])).code).toBe(0);
      const { server } = await fleet.parts(PEER);
      fleet.app.host.processes.signal(server, "KILL");
      await forensicsOf(fleet);
      expect((await fleet.cli(["wake", PEER, "--message=quit"])).code).toBe(0);
      await eventually("it has quit", () => fleet.ends(PEER).length === 2);
      expect((await fleet.cli(["new", PEER])).code).toBe(0);
      for (const verb of ["show", "why", "list", "exits"]) {
        const told = await fleet.cli(verb === "list" ? [verb, "--json"] : [verb, PEER, "--json"]);
        expect({ verb, found: holding(told.out + told.err) }).toEqual({ verb, found: [] });
      }
      expect((await fleet.cli(["stop", PEER])).code).toBe(0);
    });
    expect(watched).toEqual([]);
    const seen = readFileSync(join(fleet.home, "work", "seen.json"), "utf8");
    const { env } = JSON.parse(seen) as { env: Record<string, string> };
    expect(env).toMatchObject({ ...SECRETS, ...FROM_FILE });
    expect(filesHolding(fleet.root)).toEqual([]);
  }, 60_000);

  test("that a peer prints are in its pane log alone", async () => {
    await using fleet = new Fleet();
    await createKeeper(fleet, PRINTING, "tok");
    await fleet.startDaemon();
    expect((await fleet.cli(["wake", PEER])).code).toBe(0);
    const { server } = await fleet.parts(PEER);
    const paneLog = fleet.app.host.layout.paneLog(fleet.identity(PEER));
    await eventually("it has printed", () =>
      readFileSync(paneLog, "utf8").includes(SECRETS.PASSPHRASE),
    );
    fleet.app.host.processes.signal(server, "KILL");
    const forensics = await forensicsOf(fleet);
    expect(readFileSync(forensics, "utf8")).toContain("[redacted]\n[redacted]\n");
    expect((await fleet.cli(["stop", PEER])).code).toBe(0);
    expect(filesHolding(fleet.root)).toEqual([paneLog]);
    expect(statSync(paneLog).mode & 0o777).toBe(0o600);
  }, 60_000);
});

test("the watch sees what is in an argv", async () => {
  const shows = async () => {
    await Bun.spawn(["/bin/sh", "-c", "sleep 0.5", SECRETS.API_TOKEN]).exited;
  };
  expect(await whileWatchingArgv(shows)).toEqual([SECRETS.API_TOKEN]);
}, 20_000);

/** Its folder, with its launch.env, is outside of the root. */
async function createKeeper(fleet: Fleet, argv: readonly string[], ready: string): Promise<void> {
  const cwd = join(fleet.home, "work");
  const envFile = join(fleet.home, "more.env");
  mkdirSync(cwd);
  writeFileSync(envFile, renderLaunchEnv(FROM_FILE), { mode: 0o600 });
  await fleet.create(PEER, argv, { cwd, envFile, env: SECRETS, ready });
}

async function forensicsOf(fleet: Fleet): Promise<string> {
  await eventually("the end is on record", () => fleet.ends(PEER).length > 0);
  const path = fleet.ends(PEER)[0]?.forensics ?? "";
  const text = () => (existsSync(path) ? readFileSync(path, "utf8") : "");
  await eventually("forensics are written", () => /== end of the pane ==\n[^]+/.test(text()));
  return path;
}

/** Every process of the machine, again and again; a client of tmux lives for some milliseconds. */
async function whileWatchingArgv(work: () => Promise<void>): Promise<readonly string[]> {
  const over = new AbortController();
  const done = work().finally(() => over.abort());
  const found = new Set<string>();
  while (!over.signal.aborted) {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      for (const needle of holding(cmdline(pid))) found.add(needle);
    }
    await Bun.sleep(1);
  }
  await done;
  return [...found];
}

function cmdline(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It has ended meanwhile.
  }
}

function filesHolding(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile() && holding(readFileSync(path, "latin1")).length > 0);
}
