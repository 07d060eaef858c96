// Launches that left nothing: of one for which nothing could be prepared nothing is told once
// somebody else has launched that peer, and of one whose server is gone nobody is taken for it.

import { expect, test } from "bun:test";
import { peerLayout } from "../../src/core/layout.ts";
import type { GenerationId } from "../../src/core/names.ts";
import { renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

test("a server that is gone before it is looked at leaves its pid to a stranger", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const { table } = scene.world;
  const stranger = table.spawn({ kind: "stranger" });
  const pane = table.spawn({ kind: "stranger" });
  table.exit(pane, { code: 0 });
  scene.manned.host.tmux.newSession = () =>
    Promise.resolve({ state: "up", serverPid: stranger.ref.pid, panePid: pane.ref.pid });
  const answer = await scene.ask("echo", "wake");
  expect(answer).toMatchObject({ result: "failed", detail: expect.stringContaining("was gone") });
  await scene.pass(5000);
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  expect(stranger.state).toBe("running");
});

const NEXT = "20990102T030405678Z-0a1b" as GenerationId;

test("is over with the launch of the holder that has it since", async () => {
  const scene = await Scene.of({ peers: { bell: {} } });
  const { files, layout, manager } = scene.world;
  const env = peerLayout("/home/iapeer/peers/bell").launchEnv(PLAIN);
  files.makeFolder(env.slice(0, env.lastIndexOf("/")));
  files.writeAtomic(env, "no assignment\n");
  expect(await scene.ask("bell", "wake")).toMatchObject({ cause: "launch-env" });
  manager.managed.add("bell");
  const row = () => scene.supervisor.snapshot().peers[0]?.runtimes[0];
  expect(row()).toMatchObject({
    state: "managed",
    not_started: expect.stringContaining("launch.env"),
  });
  const doc = scene.doc("bell");
  const next = renderIdentityDoc({ ...doc, generation: NEXT });
  files.writeAtomic(layout.identityDoc(doc.identity), next);
  const first = row();
  expect(first).toMatchObject({ state: "managed", generation: NEXT });
  expect(first).not.toHaveProperty("not_started");
});
