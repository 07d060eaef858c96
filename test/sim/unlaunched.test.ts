// What the daemon tells of a launch for which nothing could be prepared (lifecycle §4), once
// somebody else has launched that peer.

import { expect, test } from "bun:test";
import { peerLayout } from "../../src/core/layout.ts";
import type { GenerationId } from "../../src/core/names.ts";
import { renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

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
  expect(row()).toMatchObject({ state: "managed", generation: NEXT });
  expect(row()).not.toHaveProperty("not_started");
});
