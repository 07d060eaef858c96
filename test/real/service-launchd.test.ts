// The whole way with launchd (issue 3): the spawned program as an ordinary user, over the fake
// launchctl, which runs real processes. The program is installed, held, restarted, updated, rolled
// back and taken out again, and no session of a peer notices.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, until } from "../cli/program.ts";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { brokenSource, newerSource } from "./newer-source.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 60_000;
const LABEL = "com.iapeer.daemon";
const user = new ServiceUser({ unprivileged: true });
const cannot = user.cannotRun();
if (cannot !== null) console.warn(`skipped launchd, the whole way: ${cannot}`);
const fake = new FakeLaunchd({ uid: user.uid, secondMs: 300 }, user.dir).open();
const domain = `gui/${user.uid}`;
const show = test.skipIf(cannot !== null);

const iapeer = [join(user.home, ".local/bin/iapeer")];
const must = (...words: string[]) => user.must(words, iapeer);
const agents = (): readonly string[] => {
  const dir = join(user.home, "Library/LaunchAgents");
  return existsSync(dir) ? readdirSync(dir).toSorted() : [];
};
const pidOf = (label: string): number => fake.job(domain, label)?.pid ?? 0;

const STAYS = "exec sleep 1000000";
const create = (name: string, ...more: string[]) =>
  must("create", name, "--always-on", ...more, "--", "/bin/sh", "-c", STAYS);

beforeAll(() => {
  user.write("r/config.json", JSON.stringify({ launchctl: fake.program }));
}, SLOW_MS);
afterAll(async () => {
  if (cannot === null) user.leave();
  await fake.close();
  user.delete();
}, SLOW_MS);

describe("held by launchd", () => {
  show(
    "install, and the daemon by a path that stays",
    () => {
      user.must(["install"]);
      must("daemon", "start");
      const before = user.json(["daemon", "status"], iapeer);
      const install = ["daemon", "install", "--manager", "launchd"];
      const ending = "would end the daemon that runs now";
      expect(must(...install, "--preview")).toContain(`${ending} (pid ${Number(before.pid)}); its`);
      must(...install);
      expect(isRunning(Number(before.pid))).toBe(false);
      expect(must(...install, "--preview")).not.toContain(ending);
      expect(agents()).toEqual([`${LABEL}.plist`]);
      const text = readFileSync(join(user.home, "Library/LaunchAgents", agents()[0] ?? ""), "utf8");
      expect(text).toContain(`${user.home}/.local/share/iapeer/current/main.js</string>`);
      const status = user.json(["daemon", "status"], iapeer);
      expect(status).toMatchObject({ state: "running", manager: "launchd", pid: pidOf(LABEL) });
    },
    SLOW_MS,
  );

  show(
    "an always-on command peer gets a job; --no-bootstrap leaves it to the daemon",
    async () => {
      create("clock");
      expect(agents()).toEqual([`${LABEL}.plist`, "com.iapeer.peer.clock.plist"]);
      create("later", "--no-bootstrap");
      expect(agents()).toHaveLength(2);
      const states = () => must("list").match(/^(clock|later) +command +(\S+)/gm)?.join("\n") ?? "";
      expect(states()).toContain("managed");
      expect(states()).toMatch(/^later +command +(?!managed)/m);
      expect(must("wake", "clock")).toContain("already alive");
    },
    SLOW_MS,
  );

  show(
    "a restart, also from inside the job, loses no session",
    async () => {
      const before = { server: user.serverPid("clock"), daemon: pidOf(LABEL) };
      must("daemon", "restart");
      expect(pidOf(LABEL)).not.toBe(before.daemon);
      const inside = pidOf(LABEL);
      const env = [`XPC_SERVICE_NAME=${LABEL}`, ...iapeer, "daemon", "restart"];
      expect(user.must(env, ["env"])).toContain("a helper does it");
      await until("another daemon", () => pidOf(LABEL) !== 0 && pidOf(LABEL) !== inside);
      const running = () => user.json(["daemon", "status"], iapeer)["state"] === "running";
      await until("its answer", running);
      expect(user.serverPid("clock")).toBe(before.server);
      expect(isRunning(before.server)).toBe(true);
    },
    SLOW_MS,
  );

  show(
    "installed again, with another PATH: every job is loaded anew, and the same session",
    () => {
      const server = user.serverPid("clock");
      const before = pidOf("com.iapeer.peer.clock");
      const path = `PATH=/opt/added:${process.env["PATH"] ?? ""}`;
      user.must([path, ...iapeer, "daemon", "install"], ["env"]);
      const job = join(user.home, "Library/LaunchAgents/com.iapeer.peer.clock.plist");
      expect(readFileSync(job, "utf8")).toContain("/opt/added:");
      expect(pidOf("com.iapeer.peer.clock")).not.toBe(before);
      expect(user.serverPid("clock")).toBe(server);
      expect(isRunning(server)).toBe(true);
      expect(user.endsOf("clock")).toEqual([]);
    },
    SLOW_MS,
  );

  show(
    "an update: proved healthy, and the same session; once more, and all is left alone",
    () => {
      const server = user.serverPid("clock");
      const updated = must("update", "--from", newerSource(join(user.dir, "newer")));
      expect(updated).toMatch(/^updated: 9\.9\.9-[0-9a-f]{8} is in use/);
      expect(updated).toContain("is healthy");
      expect(must("--version")).toBe("9.9.9\n");
      expect(user.json(["daemon", "status"], iapeer)).toMatchObject({ version: "9.9.9" });
      const pids = () => [LABEL, "com.iapeer.peer.clock"].map(pidOf);
      const before = pids();
      const leftAlone = `the daemon runs it already (pid ${before[0]}), and was left alone`;
      expect(must("update", "--from", join(user.dir, "newer"))).toContain(leftAlone);
      expect(pids()).toEqual(before);
      expect(user.serverPid("clock")).toBe(server);
      expect(isRunning(server)).toBe(true);
      expect(user.endsOf("clock")).toEqual([]);
    },
    SLOW_MS,
  );

  show(
    "an update to one that cannot start says how to go back, and going back works",
    () => {
      const server = user.serverPid("clock");
      const broken = brokenSource(join(user.dir, "broken"));
      const update = user.run(["update", "--from", broken], iapeer);
      expect(update).toMatchObject({ code: 1 });
      expect(update.err).toContain("is not healthy");
      expect(update.err).toContain("next: iapeer rollback");
      // What can go back where the new program itself cannot be run.
      const itself = /if that dies too: (.+) rollback;/.exec(update.err)?.[1] ?? "false";
      expect(user.must(["-c", `${itself} --version`], ["/bin/sh"])).toBe("9.9.9\n");
      expect(must("rollback")).toContain("rolled-back: 9.9.9-");
      const running = { state: "running", version: "9.9.9" };
      expect(user.json(["daemon", "status"], iapeer)).toMatchObject(running);
      expect(user.serverPid("clock")).toBe(server);
      expect(isRunning(server)).toBe(true);
    },
    SLOW_MS,
  );

  show(
    "stop, start, rename and remove go through launchd",
    () => {
      must("stop", "clock", "--yes");
      expect(fake.job(domain, "com.iapeer.peer.clock")).toBeNull();
      expect(user.endsOf("clock").at(-1)).toMatchObject({ ev: "teardown", reason: "stop" });
      // Again: what is down on purpose stays down, and what the daemon held up is taken over.
      const later = user.serverPid("later");
      must("daemon", "install");
      expect(agents()).toContain("com.iapeer.peer.later.plist");
      expect(user.serverPid("later")).toBe(later);
      expect(isRunning(later)).toBe(true);
      expect(fake.job(domain, "com.iapeer.peer.clock")).toBeNull();
      must("remove", "later", "--yes");
      must("start", "clock");
      expect(pidOf("com.iapeer.peer.clock")).toBeGreaterThan(0);
      must("stop", "clock", "--yes");
      must("rename", "clock", "watch");
      must("start", "watch");
      expect(agents()).toEqual([`${LABEL}.plist`, "com.iapeer.peer.watch.plist"]);
      const server = user.serverPid("watch");
      must("remove", "watch", "--yes");
      expect(agents()).toEqual([`${LABEL}.plist`]);
      expect(fake.job(domain, "com.iapeer.peer.watch")).toBeNull();
      expect(isRunning(server)).toBe(false);
    },
    SLOW_MS,
  );

  show(
    "a foreign plist: managed, never touched, and remove --force forgets only the record",
    () => {
      must("create", "theirs", "--", "/bin/cat");
      const path = "Library/LaunchAgents/com.iapeer.peer.theirs.plist";
      user.write(path, "somebody else's\n");
      expect(must("list")).toMatch(/^theirs +command +managed/m);
      for (const words of [["stop", "theirs", "--yes"], ["start", "theirs"], ["wake", "theirs"]]) {
        expect(user.run(words, iapeer).code).toBe(1);
      }
      const refused = user.run(["remove", "theirs", "--yes"], iapeer);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("--force") });
      must("remove", "theirs", "--yes", "--force");
      expect(must("list")).not.toContain("theirs");
      expect(readFileSync(join(user.home, path), "utf8")).toBe("somebody else's\n");
    },
    SLOW_MS,
  );

  show(
    "another root of the same user is told so, and takes nothing over",
    () => {
      const other = join(user.home, "other");
      user.write("other/config.json", JSON.stringify({ launchctl: fake.program }));
      const before = pidOf(LABEL);
      const words = ["--root", other, "daemon", "install", "--manager", "launchd"];
      const refused = user.run(words, iapeer);
      const said = expect.stringContaining("belongs to the root");
      expect(refused).toMatchObject({ code: 1, err: said });
      expect(pidOf(LABEL)).toBe(before);
    },
    SLOW_MS,
  );

  show(
    "uninstall takes away exactly what install made, and sessions live on",
    () => {
      must("create", "kept", "--", "/bin/cat");
      create("lives");
      const server = user.serverPid("lives");
      const preview = must("uninstall", "--preview");
      expect(preview).toContain(`keep ${user.root}`);
      must("uninstall", "--yes");
      expect(isRunning(server)).toBe(true);
      expect(user.endsOf("lives")).toEqual([]);
      expect(agents()).toEqual(["com.iapeer.peer.theirs.plist"]);
      expect(existsSync(join(user.home, ".local/share/iapeer"))).toBe(false);
      expect(existsSync(join(user.home, ".local/bin/iapeer"))).toBe(false);
      expect(existsSync(join(user.root, "peers/kept"))).toBe(true);
      expect(user.must(["list"])).toContain("kept");
    },
    SLOW_MS,
  );
});
