// The whole way with systemd (issue 3), over a real user manager where one can be started: chosen
// by itself, held, restarted, killed, and taken out again, with a session of a peer living on.

import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, until } from "../cli/program.ts";
import { startUserSystemd } from "../contract/user-systemd.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 60_000;
const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-sd %s-")));
const started = await startUserSystemd(dir);
if (!started.ok) console.warn(`skipped systemd, the whole way: ${started.error}`);
const user = new ServiceUser({ dir, env: started.ok ? started.value.env : {} });
const show = test.skipIf(!started.ok);

afterAll(async () => {
  user.remove();
  if (started.ok) await started.value.close();
}, SLOW_MS);

const units = (): readonly string[] => {
  const folder = join(user.home, ".config/systemd/user");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".service")).toSorted();
};

const daemonPid = (): number => Number(user.json(["daemon", "status"])["pid"] ?? 0);

/** systemd's own wait is ten seconds; a drop-in of the administrator's shortens it. */
function shortenWait(): void {
  const folder = join(user.home, ".config/systemd/user/iapeer-daemon.service.d");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "quick.conf"), "[Service]\nRestartSec=200ms\n");
}

describe("held by systemd", () => {
  show(
    "chosen by itself, with a trace; the daemon is held, from a path that has a blank and a %",
    () => {
      shortenWait();
      user.must(["daemon", "install"]);
      expect(units()).toEqual(["iapeer-daemon.service"]);
      const status = user.run(["daemon", "status"]);
      expect(status.code).toBe(0);
      expect(status.out).toContain("service manager: systemd\n");
      expect(status.out).toMatch(/its job is loaded: runs as pid \d+, state active \(running\)/);
    },
    SLOW_MS,
  );

  show(
    "a peer gets a unit; a restart of the daemon and a SIGKILL of it lose no session",
    async () => {
      const script = "exec sleep 1000000";
      user.must(["create", "clock", "--always-on", "--", "/bin/sh", "-c", script]);
      user.must(["create", "plain", "--runtime", "command", "--", "/bin/cat"]);
      user.must(["wake", "plain"]);
      expect(units()).toEqual(["iapeer-daemon.service", "iapeer-peer-clock.service"]);
      const servers = [user.serverPid("clock"), user.serverPid("plain")];
      const before = daemonPid();
      user.must(["daemon", "restart"]);
      const after = daemonPid();
      expect(after).not.toBe(before);
      process.kill(after, "SIGKILL");
      await until("systemd to start another", () => ![0, after].includes(daemonPid()));
      expect(servers.filter(isRunning)).toEqual(servers);
    },
    SLOW_MS,
  );

  show(
    "its peer's tmux server is killed: systemd starts its holder again",
    async () => {
      const server = user.serverPid("clock");
      const folder = join(user.home, ".config/systemd/user/iapeer-peer-clock.service.d");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "quick.conf"), "[Service]\nRestartSec=200ms\n");
      const { env } = started.ok ? started.value : { env: {} };
      Bun.spawnSync(["systemctl", "--user", "daemon-reload"], { env });
      process.kill(server, "SIGKILL");
      await until("another session", () => user.serverPid("clock") !== server);
      expect(user.endsOf("clock")).toHaveLength(1);
    },
    SLOW_MS,
  );

  show(
    "stop keeps it down, and remove leaves no unit",
    () => {
      user.must(["stop", "clock", "--yes"]);
      expect(user.endsOf("clock").at(-1)).toMatchObject({ ev: "teardown", reason: "stop" });
      user.must(["remove", "clock", "--yes"]);
      expect(units()).toEqual(["iapeer-daemon.service"]);
      expect(user.run(["doctor"])).toMatchObject({ code: 0 });
    },
    SLOW_MS,
  );

  show(
    "uninstall leaves no unit, and sessions live on",
    () => {
      const script = "exec sleep 1000000";
      user.must(["create", "held", "--always-on", "--", "/bin/sh", "-c", script]);
      expect(units()).toContain("iapeer-peer-held.service");
      const servers = [user.serverPid("plain"), user.serverPid("held")];
      user.must(["daemon", "uninstall", "--yes"]);
      expect(units()).toEqual([]);
      expect(servers.filter(isRunning)).toEqual(servers);
      expect(user.endsOf("held")).toEqual([]);
    },
    SLOW_MS,
  );
});
