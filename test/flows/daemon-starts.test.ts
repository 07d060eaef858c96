// How starts of the daemon went (service-manager contract): of one whose root was made anew
// meanwhile nothing is noted there.

import { expect, test } from "bun:test";
import { noteStart, readStarts } from "../../src/flows/service/daemon-starts.ts";
import { SimWorld } from "../fakes/sim-world.ts";

test("a start is noted with how it ended, and not in a root that does not know of it", () => {
  const world = new SimWorld({ seed: 1 });
  const { host } = world.man();
  host.files.makeFolder(host.layout.stateDir);
  const note = noteStart(host);
  note.ended({ asked: false, reason: "no tmux" });
  expect(readStarts(host).starts).toMatchObject([{ asked: false, reason: "no tmux" }]);
  world.files.remove(host.layout.daemonStarts);
  note.steady();
  note.ended({ asked: true });
  expect(world.files.stat(host.layout.daemonStarts).state).toBe("missing");
});
