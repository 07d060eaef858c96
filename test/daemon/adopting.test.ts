// Who is still being taken over is nobody's to look at but the one who does that (lifecycle §5): a
// pass would judge by records that may not be complete yet.

import { expect, test } from "bun:test";
import { ownContext } from "../../src/daemon/held/own-context.ts";
import { adopt } from "../../src/daemon/members.ts";
import { tick } from "../../src/daemon/tick.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "../sim/scene.ts";

/** A supervisor of one peer, whose session has been killed with its witness. */
async function place() {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const { process } = scene.server("echo");
  scene.killDaemon();
  for (const entry of scene.world.table.all()) {
    if (entry.kind.startsWith("canary")) scene.kill(entry);
  }
  scene.kill(process);
  const { host, watch } = scene.world.man();
  const read = readRegistry(host);
  const entry = read.state === "ok" ? read.registry.peers[0] : undefined;
  if (entry === undefined) throw new Error("it is not registered");
  const asked: string[] = [];
  const spec = { entry, runtime: PLAIN, watch, onChange: () => asked.push("look") };
  const { context, live } = ownContext(host, spec);
  adopt(context.host, live);
  return { scene, context, live, asked };
}

test("a pass leaves it alone until that is done", async () => {
  const { scene, context, live, asked } = await place();
  const adopted = Promise.withResolvers<void>();
  live.adopting = adopted.promise;
  tick(context);
  await scene.pass(10);
  expect([asked, live.decisions, live.deadAtMono.size, live.armed.size]).toEqual([[], [], 0, 0]);
  live.adopting = null;
  tick(context);
  await scene.pass(10);
  expect(live.deadAtMono.size).toBeGreaterThan(0);
});
