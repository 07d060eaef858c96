// A document that cannot be read says nothing of a life, which may go on all the same: nothing is
// launched in its place, ended or recorded until it can be read again (lifecycle §2).

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import { Scene } from "./scene.ts";

/** A daemon that begins while the document of a living peer cannot be read. */
async function blind(always_on: boolean) {
  const scene = await Scene.of({ peers: { echo: { always_on } } });
  await scene.ask("echo", "wake");
  const path = scene.world.layout.identityDoc(scene.identity("echo"));
  scene.world.files.denied.add(path);
  await scene.restart();
  return { scene, path, server: scene.server("echo") };
}

const whyOf = (scene: Scene) => scene.supervisor.why("echo" as Personality).presences[0];

describe.each([true, false])("always on: %p", (always_on) => {
  test("it lives on, and is unknown", async () => {
    const { scene, path, server } = await blind(always_on);
    await scene.pass(130_000);
    expect(server.process.state).toBe("running");
    expect(scene.events("signal")).toEqual([]);
    expect(whyOf(scene)).toMatchObject({
      state: "unknown",
      next: `Make ${path} readable; it is looked at again at the next tick.`,
    });
  });

  test.each(["wake", "start", "new", "attach", "rename", "remove"] as const)(
    "%s leaves it alone",
    async (verb) => {
      const { scene, path, server } = await blind(always_on);
      const answer = await scene.ask("echo", verb, verb === "rename" ? { to: "other" } : {});
      expect(["refused", "failed"]).toContain(String(answer?.result));
      await scene.pass(70_000);
      expect(server.process.state).toBe("running");
      scene.world.files.denied.delete(path);
      expect(await scene.ask("echo", "wake")).toMatchObject({ result: "already-alive" });
      expect(whyOf(scene)?.state).toBe("alive");
      expect(scene.server("echo")).toBe(server);
    },
  );

  test("a wake says which file it is", async () => {
    const { scene, path } = await blind(always_on);
    expect(await scene.ask("echo", "wake")).toMatchObject({
      result: "refused",
      cause: "liveness-unknown",
      detail: expect.stringContaining(path),
      next: "make that file readable, then try again",
    });
  });
});

test("it is not forgotten where the peer is in no registry, and that one changes", async () => {
  const scene = await Scene.of({ peers: { echo: {}, fine: {} } });
  await scene.ask("echo", "wake");
  const { files, layout, config, table } = scene.world;
  const read = readRegistry(scene.manned.host);
  const known = read.state === "ok" ? read.registry.peers : [];
  const fine = known.filter(({ personality }) => String(personality) === "fine");
  const without = renderRegistry({ version: 1, peers: fine });
  files.denied.add(layout.identityDoc(scene.identity("echo")));
  files.writeAtomic(layout.registry, without);
  await scene.restart();
  files.writeAtomic(layout.registry, `${without}\n`);
  await scene.pass(config.tickMs);
  files.denied.clear();
  await scene.pass(config.tickMs);
  for (const entry of table.all()) if (entry.kind.startsWith("canary")) scene.kill(entry);
  scene.kill(scene.server("echo").process);
  await scene.pass(config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ by: "daemon", cause: "server-vanished" }]);
});

test.each(["identityDocsDir", "stateDir"] as const)(
  "a file in the place of %s hides documents, and ends nobody",
  async (place) => {
    const scene = await Scene.of({ peers: { echo: { always_on: true } } });
    await scene.ask("echo", "wake");
    const server = scene.server("echo");
    const { files, layout } = scene.world;
    scene.killDaemon();
    files.removeTree(layout[place]);
    files.writeAtomic(layout[place], "what is this doing here");
    await scene.restart();
    await scene.pass(130_000);
    expect(server.process.state).toBe("running");
    expect(scene.events("signal")).toEqual([]);
    expect(whyOf(scene)?.state).toBe("unknown");
    expect(await scene.ask("echo", "wake")).toMatchObject({
      result: "refused",
      cause: "liveness-unknown",
    });
    files.remove(layout[place]);
    await scene.pass(130_000);
    expect(server.process.state).toBe("running");
  },
);
