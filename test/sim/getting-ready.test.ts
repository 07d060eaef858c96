// A launch whose session is up, and is still waited for: it is alive by the contract, since its
// server runs, and whoever asks is told that it is not ready yet, and how long that may take.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { hanging } from "./hanging.ts";
import type { Scene } from "./scene.ts";

function shown(scene: Scene) {
  const [why] = scene.supervisor.why("ann" as Personality).presences;
  const row = scene.supervisor.snapshot().peers[0]?.runtimes[0];
  expect(why?.getting_ready).toBe(row?.getting_ready);
  return { ready: row?.getting_ready, state: row?.state, because: why?.because, next: why?.next };
}

const WAITED_FOR = {
  ready: true,
  state: "alive",
  because:
    "It has come up, and is waited for until it is ready, 4 s more at most, " +
    "unless it asks something.",
  next: "iapeer logs ann shows what it has printed. If it is not ready by then, it stays up.",
} as const;

test("it is told so until it is ready", async () => {
  const { scene, screen } = await hanging();
  const asked = scene.begin("ann", "wake");
  await scene.pass(2000);
  expect(shown(scene)).toEqual(WAITED_FOR);
  screen.isThere = true;
  await scene.pass(1000);
  expect(asked.answer).toMatchObject({ result: "woke" });
  const { ready, because } = shown(scene);
  expect(ready).toBeUndefined();
  expect(because).toStartWith("It is alive");
});

test("also of one that is always on, and was restarted by nobody's verb", async () => {
  const { scene, screen } = await hanging({ always_on: true });
  await scene.pass(20_000);
  scene.kill(scene.server("ann").pane.process);
  await scene.pass(3000);
  const because = expect.stringContaining("waited for until it is ready");
  expect(shown(scene)).toEqual({ ...WAITED_FOR, because });
  screen.isThere = true;
  await scene.pass(1000);
  expect(shown(scene).because).toStartWith("It is alive and always on");
});

test("the bound is the one that ends it, which an answered dialog puts off", async () => {
  const { scene, screen } = await hanging({}, { bootDeadlineMs: 20_000, readyGateMs: 6000 });
  const left = () => /(\d+) s more at most/.exec(shown(scene).because ?? "")?.[1];
  scene.begin("ann", "wake");
  await scene.pass(2000);
  expect(left()).toBe("4");
  screen.text = "dialog";
  await scene.pass(500);
  screen.text = "booting";
  await scene.pass(500);
  expect(left()).toBe("5");
  await scene.pass(6000);
  expect(shown(scene).because).toContain("It was not seen to be ready");
});

test("and no more once it is given up on", async () => {
  const { scene } = await hanging();
  scene.begin("ann", "wake");
  await scene.pass(10_000);
  const { ready, because } = shown(scene);
  expect(ready).toBeUndefined();
  expect(because).toContain("It was not seen to be ready");
});

test("nor when it has ended meanwhile", async () => {
  const { scene } = await hanging();
  scene.begin("ann", "wake");
  await scene.pass(2000);
  scene.kill(scene.server("ann").pane.process);
  expect(shown(scene)).toMatchObject({ ready: undefined, state: "asleep" });
  await scene.pass(3000);
  expect(shown(scene)).toMatchObject({ ready: undefined, state: "asleep" });
});
