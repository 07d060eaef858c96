// A daemon that is asked to end lets what is under way come to its end, and begins nothing new:
// what dies meanwhile is the next daemon's to account for (lifecycle §4, §5).

import { expect, test } from "bun:test";
import { Scene } from "./scene.ts";

/** A daemon that ends, held up by a session that will not go; and `echo`, just killed. */
async function ending(always_on = false) {
  const scene = await Scene.of({ peers: { echo: { always_on }, slow: {} }, stubborn: true });
  for (const name of ["echo", "slow"]) await scene.ask(name, "wake");
  await scene.pass(15_000);
  scene.begin("slow", "stop");
  await scene.pass(10);
  const stopping = scene.supervisor.stop();
  await scene.pass(10);
  scene.kill(scene.server("echo").process);
  await scene.pass(10);
  return { scene, stopping };
}

const VERBS = ["wake", "start", "new", "attach", "folder-launch"] as const;

test.each(VERBS)("%s is refused, and the death counts at the next start", async (verb) => {
  const { scene, stopping } = await ending();
  expect(await scene.ask("echo", verb)).toMatchObject({
    result: "refused",
    cause: "daemon-ending",
  });
  await scene.pass(20_000);
  await stopping;
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }]);
  expect(scene.doc("echo").deaths).toHaveLength(1);
});

test("an always-on peer is the next one's to bring back", async () => {
  const { scene, stopping } = await ending(true);
  await scene.pass(20_000);
  await stopping;
  expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }]);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }, null]);
});

test("a stop is done, and keeps the peer down", async () => {
  const { scene, stopping } = await ending(true);
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  await scene.pass(20_000);
  await stopping;
  await scene.restart();
  await scene.pass(130_000);
  expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }]);
  expect(scene.doc("echo")).toMatchObject({ stopped: true });
});
