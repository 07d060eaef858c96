// What a holder waits for: changes, of which none is lost, and the pause between two tries, which
// ends with what the operator says (lifecycle §4).

import { expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { Changes } from "../../src/daemon/held/changes.ts";
import { ownContext } from "../../src/daemon/held/own-context.ts";
import { growPause, pause } from "../../src/daemon/held/pause.ts";
import { refreshLive } from "../../src/daemon/live.ts";
import { changeDoc } from "../../src/flows/storage/identity-doc.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { settle, turn } from "../fakes/time.ts";
import { settleIn } from "../sim/cast.ts";
import { actor } from "./managed-place.ts";

const NEVER = new AbortController().signal;

function place() {
  const world = new SimWorld({ seed: 7 });
  const bell = actor("bell", "plain");
  settleIn(world, [bell]);
  const { host, watch } = world.man();
  const entry: RegistryEntry = bell.peer;
  const own = ownContext(host, { entry, runtime: PLAIN, watch, onChange: () => undefined });
  const note = (notBeforeWall: number | null) => {
    const at = notBeforeWall === null ? null : wallMs(world.time.wall() + notBeforeWall);
    const restart = { attempts: 1, notBeforeWall: at };
    changeDoc(host, bell.identity, (doc) => ({ ...doc, restart }));
  };
  const waited = async (ms: number, signal = NEVER) => {
    const begun = world.time.mono();
    await settle(world.time, pause(own, ms, signal));
    return world.time.mono() - begun;
  };
  refreshLive(host, own.live);
  return { world, host, own, note, waited };
}

test("a change that comes before it is waited for is not lost, and is told once", async () => {
  const changes = new Changes();
  const told: number[] = [];
  changes.note();
  changes.note();
  await changes.next();
  void changes.next().then(() => told.push(1));
  await turn();
  expect(told).toEqual([]);
  changes.note();
  await turn();
  expect(told).toEqual([1]);
});

test("as long as is noted, from try to try longer, and never beyond the bounds", () => {
  const { world, host, own, note } = place();
  const { restartFirstMs, restartMaxMs } = host.config;
  expect(growPause(own)).toBe(restartFirstMs);
  expect(growPause(own)).toBe(restartFirstMs);
  world.time.setWallBy(restartFirstMs);
  expect(growPause(own)).toBe(2 * restartFirstMs);
  note(10 * restartMaxMs);
  refreshLive(host, own.live);
  expect(growPause(own)).toBe(restartMaxMs);
});

test("whole, where nothing of it was noted; cut short when its note is wiped out", async () => {
  const { host, own, note, waited } = place();
  expect(await waited(5000)).toBe(5000);
  note(5000);
  refreshLive(host, own.live);
  expect(await waited(5000)).toBe(5000);
  const asked = new AbortController();
  asked.abort();
  expect(await waited(5000, asked.signal)).toBe(0);
  note(null);
  expect(await waited(5000)).toBe(500);
});
