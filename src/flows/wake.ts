// Waking a peer (lifecycle §3): gates, fresh or resume, launch. Runs under the identity's lock,
// after the supervisor has settled whatever ended before, so two wakes cause one launch.

import { launchEnvFor, type LaunchEnvironment } from "./doctrine.ts";
import { nextStep, stepFor, supplyStep } from "./next-step.ts";
import { launch, type LaunchFailure, type LaunchOutcome } from "./session/launch.ts";
import { isUp, readLife, type Life } from "./session/life.ts";
import { makeWay } from "./session/make-way.ts";
import { prepare, type PrepareFailure } from "./session/prepare.ts";
import { changeDoc } from "./storage/identity-doc.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";
import type { GenerationId, Identity, RuntimeName } from "../core/names.ts";
import { isHumanFacing, type Presence, type Registry } from "../core/profile.ts";
import type { WakeMode, WakeTrigger } from "../core/states.ts";
import type { Host } from "../ports/host.ts";
import type { ReadyRule, Resumable, Runtime } from "../ports/runtime.ts";
import { crashLoop } from "../rules/crash-loop.ts";
import { endedUnready } from "../rules/explain-end.ts";
import { addTopic, topicsAfterWake } from "../rules/topics.ts";
import { chooseWake, hasLived, type WakeFacts, type WakeGranted } from "../rules/wake.ts";

export interface WakeSpec {
  readonly presence: Presence;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly trigger: WakeTrigger;
  readonly doc: IdentityDoc;
  readonly topic?: string;
  readonly asked?: WakeMode;
  /** Whose word it is; absent: the supervisor's own. */
  readonly from?: string;
  /** What the operator's word changes in the document: in the write that begins the life. */
  readonly change?: (doc: IdentityDoc) => IdentityDoc;
  /** As the supervisor remembers it: a full disk may have kept some of it from the record. */
  readonly known?: StartRecord | null;
  /** What a verb without --runtime would be about instead; absent: the default one. */
  readonly taken?: RuntimeName | undefined;
  /** Told of an end of ours that no disk had room for. */
  readonly owe: (end: EndRecord) => void;
  /** Bounds how many tmux servers are being started at once. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
}

export type WakeOutcome =
  | { readonly state: "alive"; readonly start: StartRecord; readonly launchEnv: LaunchEnv }
  | {
      readonly state: "woke";
      readonly start: StartRecord;
      readonly launchEnv: LaunchEnv;
      readonly woke: Woke;
      /** The recorder that was just spawned; null when none was. */
      readonly canaryPid: number | null;
      /** As it is on disk now. */
      readonly doc: IdentityDoc;
      /** So is the record of its start. */
      readonly isNoted: boolean;
    }
  | ({ readonly state: "refused" } & Failure)
  | ({ readonly state: "failed" } & Failure);

type Failure = Required<PrepareFailure> & {
  /** The PATH in which the program was looked for. */
  readonly searched?: string;
  /** What has to be done first, where the cause tells; without what to type after it. */
  readonly remedy?: string;
};

export type LaunchEnv = Readonly<Record<string, string>>;

export interface Woke {
  readonly mode: WakeMode;
  readonly cause: WakeGranted["cause"];
  readonly rule: ReadyRule;
}

/** Whoever asks for anything but a new session is content with the living one. */
const isContent = (trigger: WakeTrigger): boolean => trigger !== "new";

export async function wake(host: Host, spec: WakeSpec): Promise<WakeOutcome> {
  const life = readLife(host, spec.doc, spec.known ?? null);
  if (life !== null && isUnsure(life)) {
    const next = `try again; iapeer why ${spec.presence.peer.personality} shows what was seen`;
    const detail = "it cannot be told whether it is alive";
    const why = { ...spec, cause: "liveness-unknown", detail, next };
    return refuseWake(host, spec.presence.identity, why);
  }
  const environment = launchEnvFor(host, spec.presence.peer, spec.presence.runtime);
  if (!environment.ok) return fail(host, spec, { cause: "launch-env", detail: environment.error });
  const launchEnv = environment.value.env;
  if (isUp(life) && isContent(spec.trigger)) {
    const isOurs = !host.manager.manages(spec.presence.peer.personality);
    if (spec.topic !== undefined && isOurs) noteTopic(host, spec.doc, spec.topic);
    return { state: "alive", start: life.start, launchEnv };
  }
  const resumable = spec.runtime.findResumable(spec.presence.peer, launchEnv);
  const choice = chooseWake(wakeFacts(host, spec, { life, resumable }));
  if (choice.result === "refused") {
    return refuseWake(host, spec.presence.identity, { ...spec, ...choice });
  }
  if (isUp(life)) {
    const unmade = await makeWay(host, life.start, spec);
    if (unmade !== null) return fail(host, spec, unmade);
  }
  const chosen = { choice, resumable, last: life?.start ?? null };
  return start(host, spec, { ...chosen, environment: environment.value });
}

/** What may be alive is neither ended nor launched beside (lifecycle §2). */
const isUnsure = ({ server, pane, end }: Life): boolean =>
  server === "unknown" || (server === "alive" && pane === "unknown" && end === null);

function wakeFacts(
  host: Host,
  spec: WakeSpec,
  seen: { life: Life | null; resumable: Resumable | null },
): WakeFacts {
  const { peer } = spec.presence;
  return {
    trigger: spec.trigger,
    doc: spec.doc,
    managed: host.manager.manages(peer.personality),
    crashLooped: crashLoop(spec.doc.deaths, host.clock.wall(), host.config).looped,
    everRan: hasLived(spec.doc),
    lastEndedInCleanPark: spec.doc.parked,
    wakePolicy: peer.wake_policy,
    humanFacing: isHumanFacing(peer),
    defaultRuntime: spec.taken ?? peer.default_runtime,
    ...(spec.topic === undefined ? {} : { topic: spec.topic }),
    ...(spec.asked === undefined ? {} : { asked: spec.asked }),
    resumable: seen.resumable !== null,
  };
}

interface Chosen {
  readonly choice: WakeGranted;
  readonly resumable: Resumable | null;
  readonly last: StartRecord | null;
  readonly environment: LaunchEnvironment;
}

async function start(host: Host, spec: WakeSpec, chosen: Chosen): Promise<WakeOutcome> {
  const { choice } = chosen;
  const generation = host.ids.generation(host.clock.wall());
  const prepared = await prepare(host, {
    presence: spec.presence,
    runtime: spec.runtime,
    registry: spec.registry,
    generation,
    mode: choice.mode,
    cause: choice.cause,
    resumable: choice.mode === "resume" ? chosen.resumable : null,
    environment: chosen.environment,
    last: chosen.last,
  });
  const abandon = (failure: PrepareFailure): WakeOutcome => {
    // Nothing was started: a folder left behind would be a life without an end.
    host.files.removeTree(host.layout.generation(spec.doc.identity, generation).dir);
    return fail(host, spec, failure);
  };
  if (!prepared.ok) return abandon(prepared.error);
  const noted = changeDoc(host, spec.doc.identity, (doc) =>
    docAtLaunch(spec.change?.(doc) ?? doc, { generation, choice, topic: spec.topic }),
  );
  if (noted.state === "failed") {
    return abandon({ cause: "state-unwritable", detail: noted.detail });
  }
  const launched: LaunchOutcome = await spec.limit(() => launch(host, prepared.value));
  if (launched.state === "failed") {
    return fail(host, spec, launchFailure(host, spec, launched));
  }
  logCanary(host, launched);
  const { plan, launchEnv } = prepared.value;
  const woke: Woke = { mode: choice.mode, cause: choice.cause, rule: plan.ready };
  const canaryPid = launched.canary.process?.pid ?? null;
  const { start, isNoted } = launched;
  return { state: "woke", start, launchEnv, woke, canaryPid, doc: noted.doc, isNoted };
}

/** Everything a launch changes, in one atomic write before the server starts. */
function docAtLaunch(
  doc: IdentityDoc,
  at: { generation: GenerationId; choice: WakeGranted; topic: string | undefined },
): IdentityDoc {
  const { neverLived: _, unlaunched: __, ...before } = doc;
  return {
    ...before,
    ...(hasLived(doc) ? {} : { neverLived: true }),
    generation: at.generation,
    parked: false,
    newEager: false,
    ephemeralArmed: false,
    freshNext: at.choice.consumesFreshNext ? false : doc.freshNext,
    topics: topicsAfterWake(at.choice.mode, doc.topics, at.topic),
    restart: { ...doc.restart, notBeforeWall: null },
  };
}

function noteTopic(host: Host, doc: IdentityDoc, topic: string): void {
  changeDoc(host, doc.identity, (now) => ({ ...now, topics: addTopic(now.topics, topic) }));
}

function logCanary(host: Host, up: Extract<LaunchOutcome, { state: "up" }>): void {
  const { identity, generation } = up.start;
  const { state, detail } = up.canary;
  host.log.write("lifecycle", {
    ev: "supervise",
    fields: { identity, generation, action: "canary", state, detail },
  });
}

interface WakeRefusal extends Pick<WakeSpec, "trigger" | "from"> {
  readonly cause: string;
  readonly detail: string;
  readonly next: string;
}

export function refuseWake(host: Host, identity: Identity, why: WakeRefusal): WakeOutcome {
  const { trigger, from, cause, detail, next } = why;
  const fields = { identity, mode: "refused", cause, trigger, from };
  host.log.write("lifecycle", { ev: "wake", fields });
  return { state: "refused", cause, detail, next };
}

function launchFailure(host: Host, spec: WakeSpec, failure: LaunchFailure) {
  const { detail, lacks, searched, ended } = failure;
  if (ended !== undefined) return { cause: "ended-at-launch", detail: endedUnready(ended) };
  return {
    cause: "launch-failed",
    detail,
    ...(lacks === undefined ? {} : { next: supplyStep(host, spec.presence, lacks) }),
    ...(searched === undefined ? {} : { searched }),
  };
}

function fail(
  host: Host,
  spec: WakeSpec,
  failure: PrepareFailure & Pick<Failure, "searched">,
): WakeOutcome {
  const { identity } = spec.presence;
  const { cause, detail } = failure;
  host.log.write("lifecycle", {
    ev: "wake",
    fields: { identity, mode: "failed", cause, trigger: spec.trigger, from: spec.from, detail },
  });
  const next = failure.next ?? nextStep(spec.presence.peer.personality, cause);
  const remedy = stepFor(cause) ?? failure.next;
  return { state: "failed", ...failure, next, ...(remedy === undefined ? {} : { remedy }) };
}
