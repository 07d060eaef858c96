// `iapeer start`: lifts a stop, and wakes, one peer or all.

import type { VerbAnswer } from "../../core/api.ts";
import { IapeerError } from "../../core/error.ts";
import { createLimit } from "../../core/limit.ts";
import type { Personality } from "../../core/names.ts";
import { askOneOfMany, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { everyPeer, failed, oneOrAll } from "../every-peer.ts";
import { lifeVerb } from "../life-verb.ts";
import { isCounted, withProgress } from "../progress.ts";
import { counted } from "../render/text.ts";
import { tellStillStopped } from "../still-stopped.ts";

const startOne = lifeVerb("start", "refuse");

export async function run(context: VerbContext): Promise<VerbExit> {
  const name = oneOrAll(context);
  const exit = name === null ? await startAll(context) : await startOne(context);
  const isAllOfIt = context.args.text("runtime") === undefined;
  if (isAllOfIt && (exit === 0 || name === null)) await tellStillStopped(context, name);
  return exit;
}

/** The daemon launches a few at a time; each is answered once it is ready, which takes longer. */
const ASKED_AT_ONCE = 64;

async function startAll(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const names = (await everyPeer(context)).map(({ personality }) => personality);
  const round = new Round(context, args.text("runtime"));
  const asked = Promise.all(names.map((name) => round.limit(() => round.start(name))));
  const told = () => `start: ${round.answers.size} of ${counted(names.length, "peer")}`;
  await (round.isCounted ? withProgress(context, told, asked) : asked);
  if (round.trouble !== null && ![...round.answers.values()].some(isUp)) throw round.trouble;
  const answers = names.flatMap((name) => round.answers.get(name) ?? []);
  const alive = answers.filter(wasAlive).length;
  const started = answers.filter(isUp).length - alive;
  const peers = names.length;
  const counts = { peers, started, already_alive: alive };
  output.advice({ schema: "iapeer.start-all.v1", ...counts, answers });
  round.tellRest();
  if (round.trouble !== null) output.warn(`${round.trouble.message}; next: ${round.trouble.next}`);
  const before = `, ${alive} ${alive === 1 ? "was" : "were"} alive already,`;
  output.line(`started ${started}${alive === 0 ? "" : before} of ${counted(peers, "peer")}`);
  return started + alive === peers ? 0 : 1;
}

const wasAlive = ({ result }: VerbAnswer): boolean => result === "already-alive";

const isUp = (answer: VerbAnswer): boolean =>
  answer.result === "woke" || answer.result === "done" || wasAlive(answer);

function summary(answer: VerbAnswer): string {
  if (answer.result !== "refused" && answer.result !== "failed") {
    return wasAlive(answer) ? "already alive" : "started";
  }
  const { result, cause, detail, next } = answer;
  return `${result}: ${cause}${detail === "" ? "" : `: ${detail}`}; next: ${next}`;
}

/** About the daemon, not about one peer. */
const OF_DAEMON: ReadonlySet<string> = new Set(["no-daemon", "daemon-silent"]);

class Round {
  readonly limit = createLimit(ASKED_AT_ONCE);
  readonly answers = new Map<Personality, VerbAnswer>();
  /** With the daemon: nobody else is asked then. */
  trouble: IapeerError | null = null;
  private readonly rest: string[] = [];
  /** On a terminal, where one line counts; elsewhere each peer has a line of its own. */
  readonly isCounted: boolean;

  constructor(
    private readonly context: VerbContext,
    private readonly runtime: string | undefined,
  ) {
    this.isCounted = isCounted(context);
  }

  /** Who failed, and was not told of: a daemon that is not there is said once, where nobody is. */
  tellRest(): void {
    for (const line of this.rest) this.context.output.note(line);
  }

  async start(personality: Personality): Promise<void> {
    const { context, runtime } = this;
    if (this.trouble !== null || context.terminal.interrupted.aborted) return;
    const request = { ...asker(context), ...(runtime === undefined ? {} : { runtime }) };
    const call = { personality, verb: "start", request } as const;
    const answer = await askOneOfMany(context, call).catch((thrown) => {
      if (thrown instanceof IapeerError && OF_DAEMON.has(thrown.code)) this.trouble ??= thrown;
      return failed(personality, thrown);
    });
    this.answers.set(personality, answer);
    const line = `${personality}: ${summary(answer)}`;
    const isNow = isUp(answer);
    if (!this.isCounted && (isNow || this.trouble === null)) context.output.note(line);
    else if (!isNow) this.rest.push(line);
  }
}
