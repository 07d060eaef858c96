// What a peer opens beside its own pane in its tmux server, whose address it has in TMUX: the end
// of another pane, window or session is none of its own, and nothing is typed there (lifecycle §5).

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf, type Personality, type RuntimeName } from "../../src/core/names.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const ENV = { IAPEER_TICK_SECS: "1" };

/** It says what it was told, and ends with 7 when it is told so. */
const LISTENER =
  'while read -r line; do case $line in end) exit 7;; *) echo "heard $line";; esac; done';

const OTHERS = {
  "another pane": ["split-window"],
  "another window": ["new-window"],
  "another session": ["new-session", "-d", "-s", "other"],
} as const;

async function withOther(fleet: Fleet, command: readonly string[]) {
  const name = await fleet.create("peer", ["/bin/sh", "-c", LISTENER]);
  await fleet.startDaemon();
  await fleet.wake(name);
  const socket = join(fleet.app.host.layout.runDir, "command-peer.sock");
  const tmux = (...words: readonly string[]) => {
    const ran = Bun.spawnSync(["tmux", "-S", socket, ...words], { env: fleet.env });
    expect(ran.exitCode).toBe(0);
    return ran.stdout.toString();
  };
  const panes = () => tmux("list-panes", "-a", "-F", "#{pane_id}").trim().split("\n");
  // It waits for a file, so that it is there until it has been looked at.
  const go = join(fleet.home, "go");
  const wait = `until [ -e '${go}' ]; do sleep 0.05; done; echo unheard; exit 3`;
  tmux(...command, "/bin/sh", "-c", wait);
  return { name, tmux, panes, go };
}

async function printed(fleet: Fleet, name: Personality): Promise<string> {
  const { layout } = fleet.app.host;
  const path = layout.paneLog(identityOf("command" as RuntimeName, name));
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

for (const [what, command] of Object.entries(OTHERS)) {
  test(`${what} ends without the session`, async () => {
    await using fleet = new Fleet({ env: ENV });
    const { name, panes, go } = await withOther(fleet, command);
    expect(panes()).toHaveLength(2);
    const told = await fleet.cli(["wake", name, "--message", "hello"]);
    expect(told.code).toBe(0);
    await eventually("it has heard", async () =>
      (await printed(fleet, name)).includes("heard hello"),
    );
    await Bun.write(go, "");
    await eventually("the other one is gone", () => panes().length === 1);
    expect(panes()).toEqual(["%0"]);
    expect(fleet.ends(name)).toEqual([]);
    expect(await printed(fleet, name)).not.toContain("unheard");
    await fleet.cli(["wake", name, "--message", "x\nend"]);
    await eventually("its own end is on record", () => fleet.ends(name).length === 1);
    expect(fleet.ends(name)).toMatchObject([{ ev: "session-exit", deadStatus: 7, by: "hook" }]);
    await mustHold(fleet);
  }, 60_000);
}

test("another pane that is to stay at its end stays, and the session goes on", async () => {
  await using fleet = new Fleet({ env: ENV });
  const { name, tmux, panes, go } = await withOther(fleet, ["split-window"]);
  tmux("set-option", "-p", "-t", "%1", "remain-on-exit", "on");
  const { server } = await fleet.parts(name);
  await Bun.write(go, "");
  await eventually("the other one is dead", () => {
    // tmux up to 3.3a may miss the signal of a pane whose terminal nobody holds: another one has
    // it look (formats/tmux-conf.ts).
    fleet.app.host.processes.signal(server, "CHLD");
    return tmux("list-panes", "-a", "-f", "#{pane_dead}", "-F", "#{pane_id}") === "%1\n";
  });
  expect(panes()).toEqual(["%0", "%1"]);
  await fleet.cli(["wake", name, "--message", "end"]);
  await eventually("its own end is on record", () => fleet.ends(name).length === 1);
  expect(fleet.ends(name)).toMatchObject([{ ev: "session-exit", deadStatus: 7, by: "hook" }]);
  await mustHold(fleet);
}, 60_000);

test("its own process ends with another pane beside it", async () => {
  await using fleet = new Fleet({ env: ENV });
  const { name } = await withOther(fleet, OTHERS["another session"]);
  const { server, pane } = await fleet.parts(name);
  fleet.app.host.processes.signal(pane, "KILL");
  await eventually("the server is gone", () => !fleet.isAlive(server));
  expect(fleet.ends(name)).toMatchObject([{ ev: "session-exit", deadSignal: 9 }]);
  await mustHold(fleet);
}, 60_000);
