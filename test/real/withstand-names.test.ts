// Data everywhere: in a root, a HOME and a peer's folder of hostile names, with hostile text in
// every field, a peer is created, woken with a message, answers, dies in three ways and is told
// about; each text arrives as it was, nothing is executed, and every log line parses.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { parseLine } from "../../src/formats/logfmt.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";

const MIRROR = Bun.fileURLToPath(new URL("./programs/mirror.ts", import.meta.url));
const PEER = "nasty" as Personality;

/** Names of the folder that is HOME and holds the root; a socket's path leaves them little room. */
const FOLDERS = [
  "-a b'c\"d;touch pwned&#%H",
  "$(touch pwned)`touch pwned`\\",
  "new\nline #{pid}#(touch pwned)ü☃",
] as const;

const TEXT = [
  `-x 'single' "double" $(touch pwned) \`touch pwned\` ; touch pwned # %s %H #{pid}`,
  "#(touch pwned) #[fg=red] \\ \\n !! && | > < * ? [a] {b,c} ~ $HOME ${HOME}\tünï→日本 ☃",
].join("\n");
const ARGV = [TEXT, "", "-n", "--", ";", "a;", "\\;", "$(touch pwned)", "#{pane_pid}"] as const;

interface Seen {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

describe("hostile names and texts are data", () => {
  for (const folder of FOLDERS) {
    test(JSON.stringify(folder), async () => {
      await using fleet = new Fleet({ folder });
      const cwd = join(fleet.home, `peer ${folder} 日本\nx`);
      mkdirSync(cwd);
      const heardPath = join(cwd, "heard.txt");
      const heard = () => (existsSync(heardPath) ? readFileSync(heardPath, "utf8") : "");
      await createNasty(fleet, cwd);
      await fleet.startDaemon();

      await say(fleet, TEXT);
      const seen = JSON.parse(readFileSync(join(cwd, "seen.json"), "utf8")) as Seen;
      expect(seen.argv).toEqual(ARGV);
      expect(seen.env["NASTY"]).toBe(TEXT);
      expect(seen.env["PEER_IDENTITY"]).toBe("command-nasty");
      expect(seen.cwd).toBe(cwd);
      await eventually("the message is heard", () => heard().includes(`\n${TEXT}\n`));

      const { server } = await fleet.parts(PEER);
      fleet.app.host.processes.signal(server, "KILL");
      await recorded(fleet, 1);
      // It may be gone before the Enter that confirms a delivery.
      await say(fleet, "again\nquit", /^(delivered|unconfirmed)$/);
      await recorded(fleet, 2);
      await say(fleet, "and again");
      expect(await fleet.cli(["stop", PEER])).toMatchObject({ code: 0 });
      await recorded(fleet, 3);

      await expectToldAsItWas(fleet, cwd);
      expectLinesParse(fleet);
      expect(await fleet.cli(["rename", PEER, "nastier"])).toMatchObject({ code: 0 });
      expect(await fleet.cli(["remove", "nastier", "--yes"])).toMatchObject({ code: 0 });
      expect(existsSync(join(cwd, "seen.json"))).toBe(true);
      expectNothingRan(fleet);
    }, 60_000);
  }
});

async function createNasty(fleet: Fleet, cwd: string): Promise<void> {
  const made = await fleet.cli([
    "create",
    PEER,
    `--cwd=${cwd}`,
    `--description=${TEXT}`,
    `--env=NASTY=${TEXT}`,
    "--ready=mirror is ready",
    "--",
    process.execPath,
    MIRROR,
    ...ARGV,
  ]);
  expect(made).toMatchObject({ code: 0 });
}

async function say(fleet: Fleet, text: string, delivered = /^delivered$/): Promise<void> {
  const woken = await fleet.cli(["wake", PEER, `--message=${text}`, `--topic=${TEXT}`, "--json"]);
  expect(woken).toMatchObject({ code: 0 });
  const answer = JSON.parse(woken.out) as { result: string; delivered: string };
  expect(answer.result).toBe("woke");
  expect(answer.delivered).toMatch(delivered);
}

const recorded = (fleet: Fleet, count: number) =>
  eventually(`${count} ends are on record`, () => fleet.ends(PEER).length === count);

async function expectToldAsItWas(fleet: Fleet, cwd: string): Promise<void> {
  const listed = await fleet.cli(["list", "--json"]);
  const [peer] = (JSON.parse(listed.out) as { peers: readonly object[] }).peers;
  expect(peer).toMatchObject({ personality: PEER, description: TEXT, cwd });
  const shown = await fleet.cli(["show", PEER, "--json"]);
  expect(JSON.parse(shown.out)).toMatchObject({ schema: "iapeer.show.v1" });
  const why = await fleet.cli(["why", PEER, "--json"]);
  expect(JSON.parse(why.out)).toMatchObject({ presences: [{ state: "stopped" }] });
  const exits = await fleet.cli(["exits", PEER, "--json"]);
  const ends = exits.out.trimEnd().split("\n").map((line) => JSON.parse(line) as { ev: string });
  expect(ends.map(({ ev }) => ev)).toEqual(["server-exit", "session-exit", "teardown"]);
  expect(ends[1]).toMatchObject({ dead_status: 3 });
  const { forensics } = ends[0] as { forensics?: string };
  await eventually("forensics are written", () => existsSync(forensics ?? ""));
  const logs = await fleet.cli(["logs", PEER]);
  expect(logs.out).toContain("mirror is ready");
  const spoken = [["list"], ["why", PEER], ["show", PEER], ["exits", PEER]];
  const persons = await Promise.all(spoken.map((words) => fleet.cli(words)));
  expect(persons.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
}

function expectLinesParse(fleet: Fleet): void {
  const { lifecycleLog, exitsLog } = fleet.app.host.layout;
  for (const path of [lifecycleLog, exitsLog]) {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.filter((line) => parseLine(line) === null)).toEqual([]);
  }
  const events = readFileSync(lifecycleLog, "utf8").trimEnd().split("\n").map(parseLine);
  const topics = events.flatMap((event) => event?.fields["topic"] ?? []);
  expect(new Set(topics)).toEqual(new Set([TEXT]));
}

/** Each place where a command that was meant as text would have left its file. */
function expectNothingRan(fleet: Fleet): void {
  const under = readdirSync(fleet.home, { recursive: true, encoding: "utf8" });
  expect(under.filter((path) => path.split("/").at(-1) === "pwned")).toEqual([]);
  for (const folder of ["/", process.cwd(), join(fleet.home, "..")]) {
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  }
}
