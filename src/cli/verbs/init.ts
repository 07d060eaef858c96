// `iapeer init`: makes a folder a peer; the folder's name is the peer's (storage contract).

import { resolve } from "node:path";
import { initPeer } from "../../flows/peers/init.ts";
import { usage } from "../args.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { handOver, tellWake, tellWhoHolds } from "../held-peer.ts";
import { folderToMake } from "../made-folder.ts";
import { withProgress } from "../progress.ts";
import { type PeerOutcome, tellPeer } from "../told-peer.ts";
import { traitsOf } from "../traits.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const asked = context.args.positional(0);
  // As of a variable that is not set: the present folder is not what was meant.
  if (asked === "") throw usage("init takes a folder, and was given an empty name", HERE);
  const folder = resolve(context.cwd, asked ?? ".");
  const { host } = await context.app();
  const { interrupted } = context.terminal;
  const made = folderToMake(host, folder);
  const making = initPeer(host, folder, { ...traitsOf(context), interrupted });
  const born = await withProgress(context, `init ${folder}`, making);
  const outcome = await handOver(context, born);
  const exit = tellPeer(context, outcome, said);
  if (made !== null) context.output.note(made);
  await tellWhoHolds(context, outcome);
  await tellWake(context, outcome);
  return exit;
}

const HERE = "without a name it is this folder: iapeer init";

function said({ entry, state }: PeerOutcome): string {
  const peer = `${entry.personality} (${entry.default_runtime})`;
  switch (state) {
    case "already":
      return `${entry.cwd} is the peer ${peer} already`;
    case "adopted":
      return `${entry.cwd} has a profile, and is the peer ${peer} again`;
    case "moved":
      return `${peer} has moved to ${entry.cwd}`;
    default:
      return `${entry.cwd} is the peer ${peer} now`;
  }
}
