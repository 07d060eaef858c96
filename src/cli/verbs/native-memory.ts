// `iapeer native-memory on|off`: the runtimes' own memory (memory-provider contract).

import type { RegistryEntry } from "../../core/profile.ts";
import type { Personality, RuntimeName } from "../../core/names.ts";
import { type NativeTurned, turnNativeMemory } from "../../flows/provision/native-memory.ts";
import { agenticRuntimes } from "../../flows/provision/presence.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { visible } from "../render/text.ts";
import { whom } from "../whom.ts";

interface Turned {
  readonly personality: Personality;
  readonly runtime: RuntimeName;
  readonly turned: NativeTurned;
}

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output, spec } = context;
  const { isAll, peers } = await whom(context);
  const { host } = await context.app();
  const wanted = spec.name.endsWith(" on") ? "on" : "off";
  const all: readonly Turned[] = peers.flatMap((peer) =>
    agenticRuntimes(host, peer).map((runtime) => {
      const turned = turnNativeMemory(host, { peer, runtime, wanted });
      return { personality: peer.personality, runtime, turned };
    }),
  );
  output.json({
    schema: "iapeer.native-memory.v1",
    wanted,
    settings: all.map(({ turned, ...whose }) => ({ ...whose, ...turned })),
  });
  output.lines(all.map((one) => visible(line(one, wanted))));
  if (all.length === 0) output.line(nobody(peers, isAll));
  return all.some(({ turned }) => turned.state === "left") ? 1 : 0;
}

function nobody([first]: readonly RegistryEntry[], isAll: boolean): string {
  const who = isAll || first === undefined ? "no peer here has a" : `${first.personality} has no`;
  return `${who} runtime with a memory of its own`;
}

function line({ personality, runtime, turned }: Turned, wanted: "on" | "off"): string {
  const whose = `${personality}: the memory of ${runtime}`;
  switch (turned.state) {
    case "turned":
      return `${whose} is ${wanted} now (${turned.path})`;
    case "already":
      return wanted === "off" ? `${whose} was off already` : `${whose} was not turned off`;
    case "left":
      return `${whose} is left as it is (${turned.path}): ${turned.detail}`;
    case "unsupported":
      return `${whose} cannot be turned ${wanted}`;
  }
}
