// A peer whose launch is waited for: its session is up, and its screen does not get ready.

import type { RegistryEntry } from "../../src/core/profile.ts";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const HANGING = { bootDeadlineMs: 6000, readyGateMs: 6000 };

/** `ann`, whose screen shows that she boots until it is `isThere`. */
export async function hanging(ann: Partial<RegistryEntry> = {}, config = HANGING) {
  const peers = { ann: { default_runtime: AGENT, ...ann } };
  const scene = await Scene.of({ peers, config });
  const { tmux } = scene.manned.host;
  const capture = tmux.capture.bind(tmux);
  const screen = { isThere: false, text: "booting" };
  tmux.capture = (socket, identity) =>
    screen.isThere
      ? capture(socket, identity)
      : Promise.resolve({ state: "answered", text: screen.text });
  return { scene, screen };
}
