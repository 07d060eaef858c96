// `iapeer stop`: the operator's durable halt (lifecycle §2), of one peer or of all.

import type { VerbAnswer } from "../../core/api.ts";
import { identityOf, type Personality } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { strangersJob } from "../../flows/service/peer-jobs.ts";
import type { Host } from "../../ports/host.ts";
import { commandFor } from "../../rules/presence-command.ts";
import { tell } from "../answer.ts";
import { ask, asker } from "../ask.ts";
import { consent } from "../consent.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { everyPeer, failed, oneOrAll } from "../every-peer.ts";
import { peerNamed, runtimeOf } from "../look.ts";
import { counted, visible } from "../render/text.ts";
import { strangersRefusal } from "../strangers-job.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const name = oneOrAll(context);
  if (name === null) return stopAll(context);
  const app = await context.app();
  const peer = peerNamed(app, name);
  const runtime = runtimeOf(peer, args.text("runtime"));
  if (args.has("preview")) {
    const next = "stop it through that service, or move that file away";
    const against = strangersRefusal(app.host, peer, { done: "stopped", next });
    const actions = against === null ? [context.output.hint(proposal(peer, runtime))] : [];
    await consent(context, actions, against);
    return 0;
  }
  return tell(context, await stopOne(context, peer.personality, runtime));
}

/** Without a runtime all of its presences are stopped. */
function proposal(peer: RegistryEntry, asked: string | undefined): string {
  const { personality, default_runtime: defaultRuntime } = peer;
  const runtime = peer.runtimes.find((name) => name === asked);
  const start = commandFor("start", {
    personality,
    runtime: runtime ?? defaultRuntime,
    defaultRuntime,
  });
  const whom = runtime === undefined ? personality : identityOf(runtime, personality);
  return `stop ${whom} until ${start}`;
}

function proposalOfAll(host: Host, name: Personality, only: string): string {
  const stranger = strangersJob(host, name);
  return stranger === null ? `stop ${name}${only}` : `leave ${name} as it is: ${stranger}`;
}

async function stopOne(
  context: VerbContext,
  personality: Personality,
  runtime: string | undefined,
): Promise<VerbAnswer> {
  const request = { ...asker(context), ...(runtime === undefined ? {} : { runtime }) };
  return ask(context, { personality, verb: "stop", request }, "do-it-here");
}

/** One after the other, so that Ctrl-C leaves a coherent state and an exact account. */
async function stopAll(context: VerbContext): Promise<VerbExit> {
  const { output, terminal, args } = context;
  const { host } = await context.app();
  const names = (await everyPeer(context)).map(({ personality }) => personality);
  const runtime = args.text("runtime");
  const only = runtime === undefined ? "" : `, its ${runtime} alone`;
  const consented = await consent(context, names.map((name) => proposalOfAll(host, name, only)));
  if (consented !== "given") return consented === "preview" ? 0 : 1;
  const answers: VerbAnswer[] = [];
  for (const name of names) {
    if (terminal.interrupted.aborted) break;
    const answer = await stopOne(context, name, runtime).catch((thrown) => failed(name, thrown));
    answers.push(answer);
    output.note(`${name}: ${visible(summary(answer))}`);
  }
  const stopped = answers.filter(({ result }) => result === "done").length;
  output.advice({ schema: "iapeer.stop-all.v1", peers: names.length, stopped, answers });
  output.line(`stopped ${stopped} of ${counted(names.length, "peer")}`);
  return stopped === names.length ? 0 : 1;
}

const summary = (answer: VerbAnswer): string =>
  answer.result === "refused" || answer.result === "failed"
    ? `${answer.result}: ${answer.cause}`
    : "stopped";
