// `iapeer create`: a peer with a folder of its own (storage contract).

import { resolve } from "node:path";
import { createPeer } from "../../flows/peers/create.ts";
import { firstAgentic } from "../../flows/peers/spec.ts";
import { usage } from "../args.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { handOver, tellWake, tellWhoHolds } from "../held-peer.ts";
import { folderToMake } from "../made-folder.ts";
import { withProgress } from "../progress.ts";
import { tellPeer } from "../told-peer.ts";
import { traitsOf } from "../traits.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const asked = args.text("cwd");
  // As of a variable that is not set: the present folder is not what was meant.
  if (asked === "") throw usage("--cwd needs a value", "see iapeer create --help");
  const { host } = await context.app();
  const cwd = asked === undefined ? undefined : resolve(context.cwd, asked);
  const made = cwd === undefined ? null : folderToMake(host, cwd);
  const creating = createPeer(host, {
    runtime: firstAgentic(host),
    ...traitsOf(context),
    name: args.required(0),
    ...(cwd === undefined ? {} : { cwd }),
    interrupted: context.terminal.interrupted,
  });
  const created = await withProgress(context, `create ${args.required(0)}`, creating);
  const outcome = await handOver(context, created);
  const exit = tellPeer(context, outcome, ({ entry }) => {
    return `created ${entry.personality} (${entry.default_runtime}) in ${entry.cwd}`;
  });
  if (made !== null) context.output.note(made);
  await tellWhoHolds(context, outcome);
  await tellWake(context, outcome);
  return exit;
}
