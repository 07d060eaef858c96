// What the verbs about the daemon's service have in common: what they reach, and how an answer of
// a service manager is told.

import {
  DAEMON_JOB,
  labelOf,
  type ManagerName,
  type ServiceAnswer,
} from "../core/service.ts";
import { isUp, serviceError } from "../flows/service/answers.ts";
import { holder, type ServiceContext } from "../flows/service/context.ts";
import type { HeldPeer } from "../flows/service/held-jobs.ts";
import type { App } from "./app.ts";
import { named } from "./ask.ts";
import { consent } from "./consent.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { visible } from "./render/text.ts";

/**
 * `iapeer.service.v1`, whatever the verb and however it went. `manager`: the one that was asked
 * for, else the one that holds this root; `job`: what it shows of its job, or null.
 */
export const serviceDocument = (
  manager: ManagerName,
  answer: ServiceAnswer | { readonly state: "handed-over"; readonly reason: string },
): object => ({
  schema: "iapeer.service.v1",
  manager,
  label: labelOf(DAEMON_JOB),
  ...withJob(answer),
});

const withJob = (answer: object): object => ({ job: null, ...answer });

export const servicesOf = ({ host, services, client }: App): ServiceContext => ({
  host,
  services,
  daemon: { status: () => client.status(), stop: () => client.stop() },
});

export const sayEnded = (daemons: readonly number[]): readonly string[] =>
  daemons.map((pid) => `ended the daemon (pid ${pid}); sessions live on`);

export interface Told {
  readonly context: ServiceContext;
  readonly answer: ServiceAnswer;
  /** Absent: whoever holds this root. */
  readonly manager?: ManagerName;
  readonly peers?: readonly HeldPeer[];
  /** What was to come about, for the failure. */
  readonly what: string;
  /** Said when it has. */
  readonly said: string;
}

/** Prints the answer; one that is not up is thrown, with the next command. */
export function tellUp({ output }: VerbContext, told: Told): VerbExit {
  const { answer, context, peers = [] } = told;
  const { manager = holder(context).name } = told;
  output.advice({
    ...serviceDocument(manager, answer),
    ...(told.peers === undefined ? {} : { peers: peers.map(shown) }),
  });
  if (!isUp(answer)) throw serviceError(answer, told.what);
  output.line(visible(`${told.said} (${manager}: ${answer.reason})`));
  const down = peers.filter((peer) => !isUp(peer.answer));
  for (const { peer, answer: its } of down) {
    const next = output.hint(its.next ?? `iapeer start ${peer.personality}`);
    output.warn(visible(`${peer.personality} is not held yet: ${its.reason}; next: ${next}`));
  }
  return down.length === 0 ? 0 : 1;
}

const shown = ({ peer, answer }: HeldPeer) => ({
  personality: peer.personality,
  ...withJob(answer),
});

/** True when only a preview was asked for, and has been given. */
export async function previewed(context: VerbContext, verb: "start" | "stop" | "restart") {
  if (!context.args.has("preview")) return false;
  const services = servicesOf(await context.app());
  const manager = holder(services);
  const { pid } = await services.daemon.status();
  const file = manager.fileOf(DAEMON_JOB);
  const by = file === null ? null : `, by ${manager.name}, from ${file}`;
  await consent(context, [proposal(verb, pid, by)]);
  return true;
}

/** `by`: which service manager does it; null: none. */
function proposal(verb: string, pid: number | undefined, by: string | null): string {
  const who = named(pid);
  if (verb === "stop") return `stop ${who}${by ?? ""}; sessions live on`;
  if (verb === "restart") return `restart ${who}${by ?? ", in the background"}; sessions live on`;
  if (pid !== undefined && by === null) return `leave ${who} as it is`;
  return `start the daemon${by ?? ", in the background"}`;
}
