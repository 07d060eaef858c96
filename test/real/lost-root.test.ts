// A root that was removed under its daemon, and made again: the daemon ends by itself, and writes
// nothing into what is another's by then; its sessions live on.

import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually, Fleet } from "../chaos/fleet.ts";

const PROGRAM = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ENV = { IAPEER_TICK_SECS: "1" };

/** A daemon by the real program, whose words on stderr and exit code are kept. */
function startDaemon(fleet: Fleet) {
  const child = Bun.spawn([process.execPath, PROGRAM, "daemon", "run"], {
    env: fleet.env,
    cwd: fleet.home,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return { child, said: child.stderr.text() };
}

const answersAs = (fleet: Fleet, pid: number) => async (): Promise<boolean> => {
  const status = await fleet.app.client.status();
  return status.state === "running" && status.pid === pid;
};

for (const again of [true, false]) {
  test(`a daemon ends when its root is gone; made again: ${again}`, async () => {
    await using fleet = new Fleet({ env: ENV });
    const { layout } = fleet.app.host;
    const peer = await fleet.create("held", ["/bin/cat"]);
    const first = startDaemon(fleet);
    await eventually("the first answers", answersAs(fleet, first.child.pid));
    await fleet.wake(peer);
    const { server } = await fleet.parts(peer);
    rmSync(fleet.root, { recursive: true, maxRetries: 5 });
    const second = again ? startDaemon(fleet) : null;
    expect(await first.child.exited).toBe(1);
    expect(await first.said).toContain("no longer supervises");
    expect(await first.said).toContain(join(fleet.root, "state/iapeer/daemon.lease"));
    expect(fleet.isAlive(server)).toBe(true);
    if (second === null) {
      expect(existsSync(layout.heartbeat)).toBe(false);
      return;
    }
    await eventually("the second answers", answersAs(fleet, second.child.pid));
    const beat = JSON.parse(readFileSync(layout.heartbeat, "utf8")) as { pid: number };
    expect(beat.pid).toBe(second.child.pid);
    const log = readFileSync(layout.lifecycleLog, "utf8");
    expect(log).not.toContain(`pid=${first.child.pid} `);
    second.child.kill("SIGTERM");
    expect(await second.child.exited).toBe(0);
  }, 60_000);
}
