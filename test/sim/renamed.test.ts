// What was decided about a peer is its own, whatever it is called: a rename takes it along, and
// whoever bears the old name later has none of it.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import type { RememberedDecision } from "../../src/core/snapshot.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const decisionsOf = (scene: Scene, name: string, runtime = PLAIN) =>
  scene.supervisor
    .why(name as Personality)
    .presences.find(({ identity }) => identity === `${runtime}-${name}`)?.decisions ?? [];

const words = (decisions: readonly RememberedDecision[]) =>
  decisions.map(({ identity, action, cause }) => `${identity} ${action} ${cause}`);

const RENAMED = { identity: `${PLAIN}-twice`, action: "renamed", detail: "from=once to=twice" };

async function lived(): Promise<Scene> {
  const scene = await Scene.of({ peers: { once: {} } });
  await scene.ask("once", "wake");
  await scene.ask("once", "stop");
  return scene;
}

test("why goes on with them, oldest first, under the names of then", async () => {
  const scene = await lived();
  const before = decisionsOf(scene, "once");
  expect(words(before)).toContain(`${PLAIN}-once wake-fresh first-wake`);
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  const after = decisionsOf(scene, "twice");
  expect(after.slice(0, before.length)).toEqual([...before]);
  expect(after[before.length]).toMatchObject(RENAMED);
  await scene.ask("twice", "start");
  expect(words(decisionsOf(scene, "twice")).at(-2)).toStartWith(`${PLAIN}-twice wake-`);
  await scene.ask("twice", "stop");
  await scene.ask("twice", "rename", { to: "thrice" });
  expect(decisionsOf(scene, "thrice").slice(0, before.length)).toEqual([...before]);
});

test("a new peer of the old name has none of them, nor has the renamed one its", async () => {
  const scene = await lived();
  await scene.ask("once", "rename", { to: "twice" });
  const known = decisionsOf(scene, "twice").length;
  const spec = { name: "once", runtime: PLAIN, command: { argv: ["plain"] } };
  const created = createPeer(scene.manned.host, spec);
  await scene.pass(3000);
  expect(await created).toMatchObject({ ok: true });
  await scene.ask("once", "wake");
  expect(words(decisionsOf(scene, "once")).slice(0, 2)).toEqual([
    `${PLAIN}-once none never-ran`,
    `${PLAIN}-once wake-fresh first-wake`,
  ]);
  expect(words(decisionsOf(scene, "once")).join(" ")).not.toContain("twice");
  expect(decisionsOf(scene, "twice").slice(known).map(({ identity }) => identity)).not.toContain(
    `${PLAIN}-once`,
  );
  await scene.ask("once", "stop");
  expect(await scene.ask("twice", "rename", { to: "once" })).toMatchObject({ result: "failed" });
  expect(words(decisionsOf(scene, "once")).join(" ")).not.toContain("twice");
});

test("there and back again, and in a folder of its own, it is still the same one", async () => {
  const scene = await lived();
  const before = decisionsOf(scene, "once");
  await scene.ask("once", "rename", { to: "twice" });
  await scene.ask("twice", "rename", { to: "once" });
  const actions = decisionsOf(scene, "once").map(({ action }) => action);
  expect(actions.filter((action) => action === "renamed")).toHaveLength(2);
  expect(decisionsOf(scene, "once").slice(0, before.length)).toEqual([...before]);
  const kept = decisionsOf(scene, "once");
  await scene.ask("once", "rename", { to: "once", cwd: "/home/iapeer/elsewhere" });
  expect(decisionsOf(scene, "once").slice(0, kept.length)).toEqual([...kept]);
  expect(decisionsOf(scene, "once").filter(({ action }) => action === "renamed")).toHaveLength(2);
});

test("each presence keeps its own, and no more than are ever kept", async () => {
  const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };
  const scene = await Scene.of({ peers: { once: two } });
  for (let life = 0; life < 12; life += 1) {
    await scene.ask("once", "start", { runtime: PLAIN });
    await scene.ask("once", "stop", { runtime: PLAIN });
  }
  const full = decisionsOf(scene, "once");
  await scene.ask("once", "rename", { to: "twice" });
  const after = decisionsOf(scene, "twice");
  expect([full.length, after.length]).toEqual([20, 20]);
  expect(after[full.length - 2]).toEqual(full.at(-1));
  expect(words(decisionsOf(scene, "twice", AGENT)).join(" ")).not.toContain("wake");
});
