// `iapeer run-infra`: what a plist or unit of a peer starts (service-manager contract).

import { findRuntime } from "../../flows/peers/spec.ts";
import { sayMs } from "../../rules/explain.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";
import { visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const app = await context.app();
  const { personality } = peerNamed(app, args.required(0));
  const runtime = findRuntime(app.host, args.required(1));
  if (!runtime.ok) throw runtime.error;
  const held = await app.holdPeer({
    personality,
    runtime: runtime.value.name,
    onUp: (how) => output.note(`${personality}: ${how}`),
    onPause: (why, ms) =>
      output.note(visible(`${personality}: not started (${why}); again in ${sayMs(ms)}`)),
  });
  output.note(visible(`${personality}: ${held.end} (${held.detail})`));
  return held.end === "died" || held.end === "failed" ? 1 : 0;
}
