// `iapeer list`: all peers and their states (CLI contract, "Fixed forms").

import type { Snapshot } from "../../core/snapshot.ts";
import { unfitRoot } from "../../flows/storage/root.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { look, tellWhence } from "../look.ts";
import { PEER_STATES, renderFleet } from "../render/fleet.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, terminal } = context;
  const state = args.oneOf("state", PEER_STATES);
  const app = await context.app();
  const seen = await look(app);
  const snapshot = inState(seen.snapshot, state);
  output.json(snapshot);
  if (output.isJson) return 0;
  if (snapshot.peers.length === 0) {
    const unfit = unfitRoot(app.host);
    const none =
      unfit === null
        ? "no peers; iapeer create <name> makes one, iapeer demo shows some"
        : `no peers: ${unfit.message}; ${unfit.next}`;
    output.note(state === undefined ? none : `no peer is ${state}`);
    return 0;
  }
  output.lines(
    renderFleet({
      peers: snapshot.peers,
      now: app.host.clock.wall(),
      paint: output.paint,
      ...(terminal.isTty ? { columnsMax: terminal.columns } : {}),
    }),
  );
  tellWhence(context, seen);
  return 0;
}

/** Only the presences in this state, and the peers that have one. */
function inState(snapshot: Snapshot, state: string | undefined): Snapshot {
  if (state === undefined) return snapshot;
  const peers = snapshot.peers
    .map((peer) => ({ ...peer, runtimes: peer.runtimes.filter((row) => row.state === state) }))
    .filter((peer) => peer.runtimes.length > 0);
  return { ...snapshot, peers };
}
