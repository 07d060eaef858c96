// What the verbs say about a stopped peer, and what the log remembers of names (CLI contract):
// the next step is one that is not refused.

import { expect, test } from "bun:test";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

test("a stop names the peer that ends it, and a second one says that it was stopped", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const until = "nothing wakes it until: iapeer start echo";
  expect(await scene.ask("echo", "stop")).toMatchObject({ detail: `stopped; ${until}` });
  expect(await scene.ask("echo", "stop")).toMatchObject({
    result: "done",
    detail: `was stopped already; ${until}`,
  });
  const woken = await scene.ask("echo", "wake");
  expect(woken).toMatchObject({ result: "refused", cause: "stopped", next: "iapeer start echo" });
});

test.each(["interrupt", "compact"] as const)("%s of a peer that is not alive", async (verb) => {
  const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
  expect(await scene.ask("ann", verb)).toMatchObject({ cause: "asleep", next: "iapeer wake ann" });
  await scene.ask("ann", "stop");
  expect(await scene.ask("ann", verb)).toMatchObject({
    result: "failed",
    cause: "stopped",
    next: "iapeer start ann",
  });
});

test("a rename and a removal are in the log, under both names", async () => {
  const scene = await Scene.of({ peers: { once: {} } });
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  expect(scene.events("renamed")).toMatchObject([{ fields: { from: "once", to: "twice" } }]);
  const removed = await scene.ask("twice", "remove");
  expect(removed).toMatchObject({ result: "done" });
  expect(removed).toHaveProperty("detail", expect.stringMatching(/^removed; nothing was kept/));
  expect(scene.events("removed")).toMatchObject([{ fields: { personality: "twice" } }]);
});

test("a rename to its own name is none, and the daemon goes on knowing the peer", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const same = { result: "done", detail: "that is its name already" };
  expect(await scene.ask("echo", "rename", { to: "echo" })).toMatchObject(same);
  await scene.ask("echo", "stop");
  expect(await scene.ask("echo", "rename", { to: "echo" })).toMatchObject(same);
  const cwd = scene.supervisor.snapshot().peers[0]?.cwd ?? "";
  expect(await scene.ask("echo", "rename", { to: "echo", cwd })).toMatchObject({ result: "done" });
  expect(scene.events("renamed")).toEqual([]);
  expect(await scene.ask("echo", "start")).toMatchObject({ result: "woke" });
});

test("the end of a removed peer says that it was removed", async () => {
  const scene = await Scene.of({ peers: { once: {} } });
  await scene.ask("once", "wake");
  await scene.ask("once", "remove");
  expect(scene.events("teardown")).toMatchObject([{ fields: { reason: "remove" } }]);
});

test("only an ephemeral peer is told that it is reaped when it is done", async () => {
  const scene = await Scene.of({ peers: { warm: {}, brief: { wake_policy: "ephemeral" } } });
  for (const name of ["warm", "brief"]) await scene.ask(name, "wake");
  const said = async (name: string) => scene.ask(name, "self-done");
  expect(await said("warm")).toHaveProperty("detail", expect.stringContaining("it is kept"));
  expect(await said("brief")).toHaveProperty("detail", expect.stringContaining("it is reaped"));
});
