// `iapeer list`: all peers and their states (CLI contract, "Fixed forms").

import type { Snapshot } from "../../core/snapshot.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { look, type Seen } from "../look.ts";
import { PEER_STATES, renderFleet } from "../render/fleet.ts";
import { visible } from "../render/text.ts";
import { oneOf } from "../traits.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, terminal } = context;
  const state = oneOf(args.text("state"), PEER_STATES, "state");
  const app = await context.app();
  const seen = await look(app);
  const snapshot = inState(seen.snapshot, state);
  output.json(snapshot);
  if (output.isJson) return 0;
  if (snapshot.peers.length === 0) {
    const none = "no peers; iapeer create <name> makes one, iapeer demo shows some";
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

/** A daemon that is there and does not answer is told from one that is not there. */
function tellWhence(context: VerbContext, { silent, withoutDaemon }: Seen): void {
  if (withoutDaemon === undefined) return;
  const what = silent === true ? `does not answer (${withoutDaemon})` : "is not running";
  const next = commandLine(context, silent === true ? "daemon status" : "daemon start");
  context.output.note(visible(`the daemon ${what}: ${next}`));
}

/** Only the presences in this state, and the peers that have one. */
function inState(snapshot: Snapshot, state: string | undefined): Snapshot {
  if (state === undefined) return snapshot;
  const peers = snapshot.peers
    .map((peer) => ({ ...peer, runtimes: peer.runtimes.filter((row) => row.state === state) }))
    .filter((peer) => peer.runtimes.length > 0);
  return { ...snapshot, peers };
}
