// Verbs about a peer that launchd holds: whoever does their work, the command line or the daemon,
// is killed with SIGKILL while it is under way, sooner and later. Typed again each comes to its
// end, one process holds the peer, and nothing is left over.

import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, MAIN, until } from "../cli/program.ts";
import { heldDaemon } from "../real/held-daemon.ts";

const SLOW_MS = 200_000;
const LABEL = "com.iapeer.peer.clock";
const DAEMON = "com.iapeer.daemon";
/** A verb takes some hundred milliseconds; the last ones may find it at its end. */
const AFTER_MS = [110, 180, 270, 400];
const STAYS = ["--", "/bin/sh", "-c", "exec sleep 1000000"];

const bounds = { secondMs: 100, boundMs: SLOW_MS };
const { user, fake, isSkipped } = heldDaemon("held peers, killed anywhere", bounds);

const domain = `gui/${user.uid}`;
const agents = (): readonly string[] =>
  readdirSync(join(user.home, "Library/LaunchAgents")).toSorted();

/** Of every life that was ever begun here. */
function livingServers(): readonly number[] {
  const sessions = join(user.root, "state/iapeer/sessions");
  const names = existsSync(sessions) ? readdirSync(sessions, { recursive: true }) : [];
  return names
    .filter((name) => String(name).endsWith("/start.json"))
    .map((name) => JSON.parse(readFileSync(join(sessions, String(name)), "utf8")))
    .flatMap(({ server }: { server?: { pid: number } }) => server?.pid ?? [])
    .filter(isRunning);
}

/** `who`: whose pid is killed so long after the verb was typed. */
async function killed(words: readonly string[], afterMs: number, who: "typed" | "daemon") {
  const child = Bun.spawn([...user.prefix, process.execPath, MAIN, ...words], {
    cwd: user.home,
    env: user.environment(),
    stdio: ["ignore", "ignore", "ignore"],
  });
  const daemon = fake.job(domain, DAEMON)?.pid ?? 0;
  const timer = setTimeout(() => {
    if (who === "typed") child.kill("SIGKILL");
    else if (daemon > 1) process.kill(daemon, "SIGKILL");
  }, afterMs);
  await child.exited;
  clearTimeout(timer);
  // One that dies so often holds itself back, until somebody says start.
  if (who === "daemon") user.must(["daemon", "start"]);
  return child.exitCode === 0 ? "whole" : "cut off";
}

test.skipIf(isSkipped)(
  "create, stop, start and remove, each typed again after it was killed",
  async () => {
    const outcomes: string[] = [];
    for (const afterMs of AFTER_MS) {
      const create = ["create", "clock", "--always-on", ...STAYS];
      outcomes.push(await killed(create, afterMs, "typed"));
      const again = user.run(create);
      expect([0, 1]).toContain(again.code);
      if (again.code === 1) expect(again.err).toContain("there is a peer clock already");
      user.must(["start", "clock"]);
      expect(fake.job(domain, LABEL)?.pid).toBeGreaterThan(0);
      await until("one session", () => livingServers().length === 1);

      outcomes.push(await killed(["stop", "clock"], afterMs, "daemon"));
      user.must(["stop", "clock"]);
      await until("no session", () => livingServers().length === 0);
      expect(fake.job(domain, LABEL)).toBeNull();

      outcomes.push(await killed(["start", "clock"], afterMs, "daemon"));
      user.must(["start", "clock"]);
      await until("one session again", () => livingServers().length === 1);

      outcomes.push(await killed(["remove", "clock", "--yes"], afterMs, "daemon"));
      const gone = user.run(["remove", "clock", "--yes"]);
      if (gone.code !== 0) expect(gone.err).toContain('no peer is called "clock"');
      await until("nothing of it", () => livingServers().length === 0);
      expect(agents()).toEqual(["com.iapeer.daemon.plist"]);
      expect(user.json(["list"])["peers"]).toEqual([]);
    }
    // Whatever the machine's speed, some were cut off in their middle.
    expect(outcomes.filter((outcome) => outcome === "cut off").length).toBeGreaterThan(3);
  },
  SLOW_MS,
);
