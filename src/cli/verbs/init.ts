// `iapeer init`: makes a folder a peer; the folder's name is the peer's (storage contract).

import { resolve } from "node:path";
import { initPeer } from "../../flows/peers/init.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { handOver, tellWake, tellWhoHolds } from "../held-peer.ts";
import { withProgress } from "../progress.ts";
import { type PeerOutcome, tellPeer } from "../told-peer.ts";
import { traitsOf } from "../traits.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const folder = resolve(context.cwd, context.args.positional(0) ?? ".");
  const { host } = await context.app();
  const { interrupted } = context.terminal;
  const isNew = host.files.stat(folder).state === "missing";
  const making = initPeer(host, folder, { ...traitsOf(context), interrupted });
  const made = await withProgress(context, `init ${folder}`, making);
  const outcome = await handOver(context, made);
  const exit = tellPeer(context, outcome, said);
  // It may be a mistyped one.
  if (isNew) context.output.note(`made the folder ${folder}`);
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
