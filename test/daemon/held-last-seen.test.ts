// Until when a held peer is known to have lived whose host went down with its holder (lifecycle §4,
// §5): to the daemon's last heartbeat of that boot, and by no heartbeat of another.

import { expect, test } from "bun:test";
import type { StartRecord } from "../../src/core/generation.ts";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { ownContext } from "../../src/daemon/held/own-context.ts";
import { unseenOf } from "../../src/daemon/unseen.ts";
import { Scene } from "../sim/scene.ts";
import { startedWall } from "../sim/unseen.ts";

/** A holder's own look, at what a daemon has left. */
function holder(scene: Scene) {
  const { host, watch } = scene.world.man();
  const entry = { personality: "echo" as Personality } as RegistryEntry;
  const runtime = "command" as RuntimeName;
  return ownContext(host, { entry, runtime, watch, onChange: () => undefined }).context;
}

async function lived() {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.pass(2.5 * scene.world.config.tickMs);
  const { time, table, config } = scene.world;
  const seen = { bootId: table.bootId(), startedWall: startedWall(scene, "echo") };
  scene.killDaemon();
  return { scene, start: seen as StartRecord, killed: time.wall(), tickMs: config.tickMs };
}

test("where the host went down, to the last heartbeat before", async () => {
  const { scene, start, killed, tickMs } = await lived();
  scene.world.reboot(600_000);
  const context = holder(scene);
  const { since, livedMs } = unseenOf(context, start);
  expect(since).toBeLessThanOrEqual(killed as typeof since);
  expect(since).toBeGreaterThan(killed - tickMs);
  expect(livedMs).toBe(since - start.startedWall);
  const other = { ...start, bootId: "boot-0" };
  expect(unseenOf(context, other)).toEqual({ since: start.startedWall, livedMs: 0 });
});

test("on the same boot its daemon may have lived on: to its beginning", async () => {
  const { scene, start } = await lived();
  expect(unseenOf(holder(scene), start)).toEqual({ since: start.startedWall, livedMs: 0 });
});
