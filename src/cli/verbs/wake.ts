// `iapeer wake`: with a message or without (lifecycle §3).

import { tell } from "../answer.ts";
import { usage } from "../args.ts";
import { ask, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed, runtimeOf } from "../look.ts";

/** The longest message; a longer one belongs in a file that the message names. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  if (args.has("fresh") && args.has("resume")) {
    throw usage("--fresh and --resume exclude each other", "see iapeer wake --help");
  }
  const peer = peerNamed(await context.app(), args.required(0));
  const runtime = runtimeOf(peer, args.text("runtime"));
  const message = await messageOf(context);
  const topic = args.text("topic");
  const answer = await ask(
    context,
    {
      personality: peer.personality,
      verb: "wake",
      request: {
        ...asker(context),
        ...(runtime === undefined ? {} : { runtime }),
        ...(message === undefined ? {} : { message }),
        ...(topic === undefined ? {} : { topic }),
        ...(args.has("fresh") ? { mode: "fresh" } : {}),
        ...(args.has("resume") ? { mode: "resume" } : {}),
      },
    },
    "refuse",
  );
  return tell(context, answer);
}

async function messageOf({ args, terminal }: VerbContext): Promise<string | undefined> {
  const given = args.text("message");
  const message = given === "-" ? await terminal.readStdin(MESSAGE_BYTES_MAX) : given;
  if (message === undefined) return undefined;
  if (message === "") throw usage("the message is empty");
  if (Buffer.byteLength(message) <= MESSAGE_BYTES_MAX) return message;
  throw usage(`the message is longer than ${MESSAGE_BYTES_MAX} bytes`);
}
