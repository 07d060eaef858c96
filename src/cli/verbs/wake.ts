// `iapeer wake`: with a message or without (lifecycle §3).

import { BODY_MAX, checkMessage } from "../../formats/envelope.ts";
import { tell } from "../answer.ts";
import { usage } from "../args.ts";
import { ask, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { commandAbout, peerNamed, runtimeOf } from "../look.ts";

/** A character takes at most four; no more than that is read from stdin. */
const STDIN_BYTES_MAX = 4 * BODY_MAX;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  if (args.has("fresh") && args.has("resume")) {
    throw usage("--fresh and --resume exclude each other", "see iapeer wake --help");
  }
  const peer = peerNamed(await context.app(), args.required(0));
  const runtime = runtimeOf(peer, args.text("runtime"));
  const message = await messageOf(context);
  const topic = args.text("topic");
  check(message, topic);
  const mode = args.has("fresh") ? "fresh" : args.has("resume") ? "resume" : undefined;
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
        ...(mode === undefined ? {} : { mode }),
      },
    },
    "refuse",
  );
  if (answer.result !== "already-alive" || mode === undefined) return tell(context, answer);
  const exit = tell(context, { ...answer, not_applied: mode });
  const anew = context.output.hint(commandAbout("new", peer, answer.identity));
  const said = `--${mode} was not applied: it is alive, and its conversation goes on`;
  context.output.warn(mode === "resume" ? said : `${said}; ${anew} begins an empty one`);
  return exit;
}

async function messageOf({ args, terminal }: VerbContext): Promise<string | undefined> {
  const given = args.text("message");
  const message = given === "-" ? await terminal.readStdin(STDIN_BYTES_MAX) : given;
  if (message !== undefined && message.trim() === "") {
    throw usage("the message is empty", "leave --message out to wake without one");
  }
  return message;
}

/** Before anybody is woken for what cannot be sent. */
function check(message: string | undefined, topic: string | undefined): void {
  const checked = checkMessage(message ?? "only a topic", topic ?? null);
  if (!checked.ok) throw usage(checked.error, "what is longer belongs in a file that it names");
}
