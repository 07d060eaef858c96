// What stands where a socket, a folder or a program of ours belongs: each is refused with a code
// and a next step, none is harmed, and the daemon goes on supervising everybody else.

import { describe, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { eventually, Fleet, type Ran } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const ENV = { IAPEER_TICK_SECS: "1" };
/** `nobody` of most systems. */
const STRANGER_UID = 65_534;

const OBSTACLES = {
  "a folder": (path: string) => mkdirSync(path),
  "a regular file": (path: string) => writeFileSync(path, "mine"),
  "a symlink": (path: string) => symlinkSync("/dev/null", path),
} as const;

function refused(ran: Ran, code: string, exit = 1): void {
  expect({ code: ran.code, err: ran.err }).toEqual({
    code: exit,
    err: expect.stringContaining(code) as unknown as string,
  });
  expect(ran.err).toContain("next:");
}

/** The daemon answers, and still launches and ends others. */
async function livesOn(fleet: Fleet): Promise<void> {
  const name = `other-${Bun.hash(String(performance.now())).toString(36).slice(0, 8)}`;
  const other = await fleet.create(name, ["/bin/cat"]);
  expect((await fleet.app.client.status()).state).toBe("running");
  await fleet.wake(other);
  fleet.app.host.processes.signal((await fleet.parts(other)).server, "KILL");
  await eventually("its end is noticed", () => fleet.ends(other).length === 1);
}

async function upWith(fleet: Fleet): Promise<{ name: Personality; socket: string }> {
  const name = await fleet.create("peer", ["/bin/cat"]);
  await fleet.startDaemon();
  return { name, socket: join(fleet.app.host.layout.runDir, "command-peer.sock") };
}

describe("a session's socket path is taken by", () => {
  for (const [what, put] of Object.entries(OBSTACLES)) {
    test(what, async () => {
      await using fleet = new Fleet({ env: ENV });
      const { name, socket } = await upWith(fleet);
      put(socket);
      const before = lstatSync(socket).ino;
      refused(await fleet.cli(["wake", name, "--debug"]), "not-a-socket");
      expect(lstatSync(socket).ino).toBe(before);
      await livesOn(fleet);
      rmSync(socket, { recursive: true });
      await fleet.wake(name);
      await mustHold(fleet);
    }, 60_000);
  }

  test("a tmux server that is not ours", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { name, socket } = await upWith(fleet);
    const tmux = ["tmux", "-S", socket, "-f", "/dev/null"];
    const made = Bun.spawnSync([...tmux, "new-session", "-d", "-s", "command-peer", "/bin/cat"], {
      env: fleet.env,
    });
    expect(made.exitCode).toBe(0);
    const asked = Bun.spawnSync([...tmux, "display-message", "-p", "#{pid}"], { env: fleet.env });
    const foreign = fleet.app.host.processes.identify(Number(asked.stdout.toString()));
    if (foreign === null || foreign === "unknown") throw new Error("no foreign server");
    refused(await fleet.cli(["wake", name, "--debug"]), "foreign-server");
    expect((await fleet.cli(["stop", name])).code).toBe(0);
    expect((await fleet.cli(["start", name])).code).toBe(1);
    await fleet.killDaemon();
    await fleet.startDaemon();
    await livesOn(fleet);
    expect(fleet.isAlive(foreign)).toBe(true);
  }, 60_000);
});

describe("the daemon refuses to start when", () => {
  for (const [what, put] of Object.entries(OBSTACLES)) {
    test(`its socket path is taken by ${what}`, async () => {
      await using fleet = new Fleet({ env: ENV });
      const { daemonSocket } = fleet.app.host.layout;
      put(daemonSocket);
      const before = lstatSync(daemonSocket).ino;
      refused(await fleet.cli(["daemon", "run", "--debug"]), "code: socket-path");
      expect(lstatSync(daemonSocket).ino).toBe(before);
      rmSync(daemonSocket, { recursive: true });
      await fleet.startDaemon();
    }, 60_000);
  }

  test("run/ is a symlink", async () => {
    await using fleet = new Fleet();
    const { runDir } = fleet.app.host.layout;
    const elsewhere = join(fleet.home, "elsewhere");
    renameSync(runDir, elsewhere);
    symlinkSync(elsewhere, runDir);
    refused(await fleet.cli(["daemon", "run", "--debug"]), "code: folder-refused");
  }, 30_000);

  for (const [folder, code, exit] of [
    ["runDir", "folder-refused", 1],
    ["sessionsDir", "folder-refused", 1],
    // Nothing in it is in the way: another root is to be chosen.
    ["root", "root-not-yours", 2],
  ] as const) {
    test.if(process.getuid?.() === 0)(`${folder} belongs to another user`, async () => {
      await using fleet = new Fleet();
      chownSync(fleet.app.host.layout[folder], STRANGER_UID, STRANGER_UID);
      refused(await fleet.cli(["daemon", "run", "--debug"]), `code: ${code}`, exit);
    }, 30_000);
  }

  test("tmux is missing, or too old, or no tmux", async () => {
    await using fleet = new Fleet();
    const old = join(fleet.home, "old-tmux");
    writeFileSync(old, "#!/bin/sh\necho tmux 2.9a\n", { mode: 0o755 });
    const cases = [
      ["/no/such/tmux", "not there"],
      [old, "too old"],
      ["/bin/true", "does not answer like tmux"],
    ] as const;
    for (const [program, why] of cases) {
      const ran = await fleet.cli(["daemon", "run", "--debug"], { env: { IAPEER_TMUX: program } });
      refused(ran, "code: tmux-missing");
      expect(ran.err).toContain(why);
      expect(ran.err).toContain("install tmux");
    }
  }, 30_000);
});

describe("a plain file in the place of", () => {
  for (const folder of ["logsDir", "panesDir", "serverDeathsDir", "jobsDir"] as const) {
    test(`${folder} keeps nobody from anything`, async () => {
      await using fleet = new Fleet({ env: ENV });
      const { layout } = fleet.app.host;
      const name = await fleet.create("peer", ["/bin/cat"]);
      await fleet.startDaemon();
      await fleet.wake(name);
      await fleet.killDaemon();
      const path = layout[folder];
      rmSync(path, { recursive: true });
      writeFileSync(path, "mine");
      await fleet.startDaemon();
      expect(fleet.isAlive(fleet.starts(name)[0]?.server)).toBe(true);
      expect(await fleet.cli(["stop", name])).toMatchObject({ code: 0 });
      expect(fleet.isAlive(fleet.starts(name)[0]?.server)).toBe(false);
      await livesOn(fleet);
      const status = await fleet.cli(["status"]);
      expect(status.code).toBe(1);
      expect(status.out).toContain(path);
      expect(lstatSync(path).isFile()).toBe(true);
      rmSync(path);
      await eventually("it is made", () => existsSync(path));
      // That a log could not be written is told until the next line of it.
      if (folder === "logsDir") return;
      await eventually("nothing is told any more", async () => {
        const { reason } = await fleet.app.client.status();
        return reason === undefined;
      });
    }, 60_000);
  }
});

test("a tmux that vanishes under a running daemon fails wakes, and nothing else", async () => {
  await using fleet = new Fleet({ env: ENV });
  const program = join(fleet.home, "tmux");
  symlinkSync(Bun.which("tmux") ?? "", program);
  fleet.env["IAPEER_TMUX"] = program;
  const name = await fleet.create("peer", ["/bin/cat"]);
  const living = await fleet.create("living", ["/bin/cat"]);
  await fleet.startDaemon();
  await fleet.wake(living);
  rmSync(program);
  refused(await fleet.cli(["wake", name, "--debug"]), "launch-failed");
  expect((await fleet.app.client.status()).state).toBe("running");
  expect((await fleet.cli(["stop", living])).code).toBe(0);
  expect(fleet.isAlive(fleet.starts(living)[0]?.server)).toBe(false);
  symlinkSync(Bun.which("tmux") ?? "", program);
  await fleet.wake(name);
  await mustHold(fleet);
  expect(existsSync(program)).toBe(true);
}, 60_000);

if (process.getuid?.() !== 0) {
  console.warn("skipped: another user's folders can only be made by root");
}
