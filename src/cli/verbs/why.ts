// `iapeer why`: the present state and the last decisions, every non-action included
// (lifecycle §4).

import { WAY_OUT } from "../../core/service.ts";
import type { WhyPresence, WhyReport } from "../../core/snapshot.ts";
import type { App } from "../app.ts";
import { lacksHolder } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed, tellWhence, type Seen } from "../look.ts";
import { hueOfSeen, stateText } from "../render/fleet.ts";
import { visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const app = await context.app();
  const peer = peerNamed(app, args.required(0));
  const { report, ...whence } = await whyOf(app, peer.personality);
  output.advice(report);
  output.lines(report.presences.flatMap((presence) => lines(context, presence)));
  if (whence.silent === true) {
    tellWhence(context, whence);
    output.note("its last decisions cannot be told before it answers");
  } else if (whence.withoutDaemon !== undefined) {
    const next = `next: ${startOf(app)}`;
    output.note(`the daemon is not running: its last decisions are forgotten; ${next}`);
  }
  return 0;
}

export async function whyOf(
  app: App,
  personality: WhyReport["personality"],
): Promise<{ readonly report: WhyReport } & Omit<Seen, "snapshot">> {
  const asked = await app.client.why(personality);
  if (asked.state === "answered") return { report: asked.value };
  const report = await app.direct.why(personality);
  const silent = asked.state === "unknown";
  // A holder does its part without a daemon; what one does that is silent, nobody knows.
  const isLeft = !silent && !app.host.manager.manages(personality);
  const told = isLeft ? unsupervised(report, startOf(app)) : report;
  return { report: told, withoutDaemon: asked.why, silent };
}

/** What comes next is told as a daemon would do it: here none does. */
function unsupervised(report: WhyReport, start: string): WhyReport {
  const first = `No daemon runs, and until one does nothing parks, restarts or wakes it: ${start}.`;
  return { ...report, presences: report.presences.map((presence) => ({ ...presence, first })) };
}

const startOf = ({ services }: App): string =>
  lacksHolder(services) ? WAY_OUT : "iapeer daemon start";

function lines({ output }: VerbContext, presence: WhyPresence): readonly string[] {
  const { identity, because, first, next, decisions } = presence;
  return [
    `${identity}: ${output.paint(hueOfSeen(presence), stateText(presence))}`,
    `  because  ${visible(because)}`,
    ...(first === undefined ? [] : [`  first    ${visible(output.hint(first))}`]),
    `  next     ${visible(output.hint(next))}`,
    ...decisions.map(({ ts, action, cause, detail }) =>
      `  ${ts}  ${visible(`${action} (${cause}) ${detail}`)}`.trimEnd(),
    ),
  ];
}
