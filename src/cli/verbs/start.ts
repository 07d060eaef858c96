// `iapeer start`: lifts a stop, and wakes, one peer or all.

import type { VerbAnswer } from "../../core/api.ts";
import { IapeerError } from "../../core/error.ts";
import { createLimit } from "../../core/limit.ts";
import type { Personality } from "../../core/names.ts";
import { usage } from "../args.ts";
import { askOneOfMany, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { everyPeer, failed } from "../every-peer.ts";
import { lifeVerb } from "../life-verb.ts";
import { withProgress } from "../progress.ts";
import { counted } from "../render/text.ts";

const startOne = lifeVerb("start", "refuse");

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const name = args.positional(0);
  if (args.has("all")) {
    if (name === undefined) return startAll(context);
    throw usage("start takes a peer or --all, not both", "see iapeer start --help");
  }
  if (name === undefined) throw usage("start needs <peer> or --all", "see iapeer start --help");
  return startOne(context);
}

/** The daemon launches a few at a time; each is answered once it is ready, which takes longer. */
const ASKED_AT_ONCE = 32;

async function startAll(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const names = (await everyPeer(context)).map(({ personality }) => personality);
  const round = new Round(context, args.text("runtime"));
  const asked = names.map((name) => round.limit(() => round.start(name)));
  const told = () => `start: ${round.answers.size} of ${counted(names.length, "peer")}`;
  await withProgress(context, told, Promise.all(asked));
  if (round.trouble !== null && ![...round.answers.values()].some(isStarted)) throw round.trouble;
  const answers = names.flatMap((name) => round.answers.get(name) ?? []);
  const started = answers.filter(isStarted).length;
  output.advice({ schema: "iapeer.start-all.v1", peers: names.length, started, answers });
  for (const [name, answer] of round.answers) tellFailed(context, name, answer);
  if (round.trouble !== null) output.warn(`${round.trouble.message}; next: ${round.trouble.next}`);
  output.line(`started ${started} of ${counted(names.length, "peer")}`);
  return started === names.length ? 0 : 1;
}

const isStarted = ({ result }: VerbAnswer): boolean =>
  result === "woke" || result === "already-alive" || result === "done";

function tellFailed({ output }: VerbContext, name: Personality, answer: VerbAnswer): void {
  if (answer.result !== "refused" && answer.result !== "failed") return;
  const { result, cause, next } = answer;
  output.note(`${name}: ${result}: ${cause}; next: ${next}`);
}

/** About the daemon, not about one peer. */
const OF_DAEMON: ReadonlySet<string> = new Set(["no-daemon", "daemon-silent", "daemon-unclear"]);

class Round {
  readonly limit = createLimit(ASKED_AT_ONCE);
  readonly answers = new Map<Personality, VerbAnswer>();
  /** With the daemon: nobody else is asked then. */
  trouble: IapeerError | null = null;

  constructor(
    private readonly context: VerbContext,
    private readonly runtime: string | undefined,
  ) {}

  async start(personality: Personality): Promise<void> {
    const { context, runtime } = this;
    if (this.trouble !== null || context.terminal.interrupted.aborted) return;
    const request = { ...asker(context), ...(runtime === undefined ? {} : { runtime }) };
    try {
      const call = { personality, verb: "start", request } as const;
      this.answers.set(personality, await askOneOfMany(context, call));
    } catch (thrown) {
      this.answers.set(personality, failed(personality, thrown));
      if (thrown instanceof IapeerError && OF_DAEMON.has(thrown.code)) this.trouble ??= thrown;
    }
  }
}
