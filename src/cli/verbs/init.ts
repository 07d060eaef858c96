// `iapeer init`: makes a folder a peer; the folder's name is the peer's (storage contract).

import { resolve } from "node:path";
import { initPeer } from "../../flows/peers/init.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { handOver, tellWake, tellWhoHolds } from "../held-peer.ts";
import { folderToMake } from "../made-folder.ts";
import { withProgress } from "../progress.ts";
import { type PeerOutcome, tellPeer } from "../told-peer.ts";
import { traitsOf } from "../traits.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const folder = resolve(context.cwd, context.args.positional(0) ?? ".");
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
