// A document that cannot be read says nothing of a life, which may go on all the same: nothing is
// launched in its place, ended or recorded until it can be read again (lifecycle §2).

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
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
