// Of peers that were started in their default runtimes: that they are still stopped in others,
// where a message to them is refused.

import type { RuntimeName } from "../core/names.ts";
import type { PeerRow } from "../core/snapshot.ts";
import { commandFor } from "../rules/presence-command.ts";
import type { VerbContext } from "./context.ts";
import { look } from "./look.ts";
import { counted } from "./render/text.ts";

/** `name`: null is every peer. */
export async function tellStillStopped(context: VerbContext, name: string | null): Promise<void> {
  const app = await context.app();
  const { snapshot } = await look(app);
  const about = snapshot.peers.filter((peer) => name === null || peer.personality === name);
  const elsewhere = new Map<RuntimeName, PeerRow[]>();
  for (const peer of about) {
    for (const { runtime, state } of peer.runtimes) {
      if (state !== "stopped" || runtime === peer.default_runtime) continue;
      elsewhere.set(runtime, [...(elsewhere.get(runtime) ?? []), peer]);
    }
  }
  for (const [runtime, peers] of elsewhere) context.output.note(told(runtime, peers));
}

function told(runtime: RuntimeName, peers: readonly PeerRow[]): string {
  const [first] = peers;
  if (first === undefined || peers.length > 1) {
    const who = counted(peers.length, "peer");
    return `${who} are still stopped in ${runtime}; next: iapeer start --all -r ${runtime}`;
  }
  const { personality, default_runtime: defaultRuntime } = first;
  const next = commandFor("start", { personality, runtime, defaultRuntime });
  return `${personality} is still stopped in ${runtime}; next: ${next}`;
}
