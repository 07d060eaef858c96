// `iapeer why`: the present state and the last decisions, every non-action included
// (lifecycle §4).

import type { WhyPresence, WhyReport } from "../../core/snapshot.ts";
import type { App } from "../app.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";
import { hueOfSeen, stateText } from "../render/fleet.ts";
import { visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const app = await context.app();
  const peer = peerNamed(app, args.required(0));
  const { report, withoutDaemon } = await whyOf(app, peer.personality);
  output.json(report);
  output.lines(report.presences.flatMap((presence) => lines(context, presence)));
  if (withoutDaemon) output.note("the daemon is not running: its last decisions are forgotten");
  return 0;
}

export async function whyOf(
  app: App,
  personality: WhyReport["personality"],
): Promise<{ report: WhyReport; withoutDaemon: boolean }> {
  const asked = await app.client.why(personality);
  if (asked.state === "answered") return { report: asked.value, withoutDaemon: false };
  return { report: await app.direct.why(personality), withoutDaemon: true };
}

function lines({ output }: VerbContext, presence: WhyPresence): readonly string[] {
  const { identity, because, next, decisions } = presence;
  return [
    `${identity}: ${output.paint(hueOfSeen(presence), stateText(presence))}`,
    `  because  ${visible(because)}`,
    `  next     ${visible(output.hint(next))}`,
    ...decisions.map(({ ts, action, cause, detail }) =>
      `  ${ts}  ${visible(`${action} (${cause}) ${detail}`)}`.trimEnd(),
    ),
  ];
}
