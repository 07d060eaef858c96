// Without a service manager (issue 3): the daemon in the background or in a terminal, restarted
// with its sessions living on, and a daemon that will not start held back with its reason.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, MAIN, until } from "../cli/program.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 60_000;
const PEERS = ["one", "two", "three", "four", "five"];
const STAYS = "exec sleep 1000000";

const user = new ServiceUser();
afterAll(() => user.remove(), SLOW_MS);

const pid = (): number => Number(user.json(["daemon", "status"])["pid"]);

describe("a restart with peers", () => {
  beforeAll(() => {
    user.must(["daemon", "install"]);
    for (const name of PEERS) {
      user.must(["create", name, "--runtime", "command", "--", "/bin/sh", "-c", STAYS]);
      user.must(["wake", name]);
    }
  }, SLOW_MS);

  test(
    "loses no session; a death in the gap is on record within a second of the return",
    async () => {
      const servers = PEERS.map((name) => user.serverPid(name));
      const before = pid();
      user.must(["daemon", "stop"]);
      const [first = 0] = servers;
      process.kill(first, "SIGKILL");
      await until("the death", () => !isRunning(first));
      user.must(["daemon", "start"]);
      expect(pid()).not.toBe(before);
      const returned = performance.now();
      await until("its record", () => user.endsOf("one").length === 1);
      expect(performance.now() - returned).toBeLessThan(1000);
      const others = servers.slice(1);
      expect(others.filter(isRunning)).toEqual(others);
      const states = user.must(["list"]).match(/ alive /g);
      expect(states).toHaveLength(PEERS.length - 1);
    },
    SLOW_MS,
  );

  test(
    "daemon restart: another pid, the same sessions",
    () => {
      const servers = PEERS.slice(1).map((name) => user.serverPid(name));
      const before = pid();
      user.must(["daemon", "restart"]);
      expect(pid()).not.toBe(before);
      expect(servers.filter(isRunning)).toEqual(servers);
    },
    SLOW_MS,
  );

  test(
    "always-on peers stay the daemon's own to restart: nothing is installed for them",
    async () => {
      const words = ["create", "always", "--always-on", "--", "/bin/sh", "-c", STAYS];
      user.must(words);
      user.must(["start", "always"]);
      const server = user.serverPid("always");
      process.kill(server, "SIGKILL");
      await until("another life", () => user.serverPid("always") !== server);
      expect(user.run(["doctor"])).toMatchObject({ code: 0 });
    },
    SLOW_MS,
  );

  test(
    "status prints the choice, and its trace when asked",
    () => {
      const brief = user.must(["daemon", "status"]);
      expect(brief).toContain("service manager: embedded\n");
      expect(brief).toContain("  nothing holds it: runs as pid ");
      expect(brief).not.toContain("recorded at install");
      const out = user.must(["daemon", "status", "--verbose"]);
      expect(out).toContain("service manager: embedded\n");
      expect(out).toContain("  recorded at install: embedded; embedded it is\n");
    },
    SLOW_MS,
  );
});

test(
  "a daemon that cannot start is held back after five failures, and status says why",
  async () => {
    user.must(["daemon", "stop"]);
    const env = { IAPEER_TMUX: join(user.dir, "no-tmux") };
    const start = () =>
      Bun.spawn([process.execPath, MAIN, "daemon", "run", "--held"], {
        cwd: user.home,
        env: { ...user.environment(), ...env },
        stdio: ["ignore", "ignore", "ignore"],
      });
    for (let run = 0; run < 5; run += 1) expect(await start().exited).toBe(1);
    const sixth = start();
    const log = () => readFileSync(join(user.root, "logs/iapeer/lifecycle.log"), "utf8");
    await until("it to wait", () => log().includes("ev=daemon-held-back"));
    expect(sixth.exitCode).toBeNull();
    const status = user.run(["daemon", "status"]);
    const why = /held back until .*: 5 failed starts; the latest: tmux cannot be used/;
    expect(status.out).toMatch(why);
    const doctor = user.run(["doctor"]);
    expect(doctor).toMatchObject({ code: 1, out: expect.stringContaining("5 failed starts") });
    sixth.kill("SIGTERM");
    await sixth.exited;
    // The operator's own start tries at once.
    user.must(["daemon", "start"]);
    expect(user.json(["daemon", "status"])).toMatchObject({ state: "running" });
  },
  SLOW_MS,
);
