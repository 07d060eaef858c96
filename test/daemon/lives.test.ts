// Lives by identity and by peer: both tell the same, whatever was added, replaced and taken out.

import { expect, test } from "bun:test";
import { identityOf, type Personality, type RuntimeName } from "../../src/core/names.ts";
import { createLive, type Live } from "../../src/daemon/live.ts";
import { Lives } from "../../src/daemon/lives.ts";
import { Random } from "../fakes/random.ts";

const PEERS = ["echo", "parrot", "wren"] as Personality[];
const RUNTIMES = ["command", "codex"] as RuntimeName[];

function liveOf(personality: Personality, runtime: RuntimeName): Live {
  const identity = identityOf(runtime, personality);
  return createLive({ identity, runtime, personality }, null);
}

test("those of a peer are those that have its name", () => {
  const random = new Random(1);
  const lives = new Lives();
  for (let step = 0; step < 2000; step += 1) {
    const live = liveOf(random.pick(PEERS), random.pick(RUNTIMES));
    const what = random.int(0, 19);
    if (what < 10) lives.set(live.identity, live);
    else if (what < 19) lives.delete(live.identity);
    else lives.clear();
    for (const peer of PEERS) {
      const all = [...lives.values()].filter(({ personality }) => personality === peer);
      const ofPeer = lives.ofPeer(peer);
      expect(new Set(ofPeer)).toEqual(new Set(all));
      expect(ofPeer).toHaveLength(all.length);
    }
  }
});
