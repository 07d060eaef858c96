// After a launch, or with a live session: wait until it is ready, then put the text in. Runs in
// the identity's talk lane: texts arrive in the order asked, and a teardown never waits for it.

import { endedAtLaunch } from "./at-launch.ts";
import type { Context } from "./context.ts";
import type { Live, Unready } from "./live.ts";
import { VERB_TIMEOUT_MS, type DeliveryState } from "../core/api.ts";
import type { MonoMs } from "../core/brand.ts";
import type { StartRecord } from "../core/generation.ts";
import { deliver } from "../flows/session/deliver.ts";
import { look, waitReady, type ReadyOutcome, type ReadySpec } from "../flows/session/ready.ts";
import type { Host } from "../ports/host.ts";
import type { ReadyRule } from "../ports/runtime.ts";

export interface Talk {
  readonly start: StartRecord;
  readonly launchEnv: Readonly<Record<string, string>>;
  /** Null: the session was up already. */
  readonly rule: ReadyRule | null;
  readonly text: string | null;
}

export interface Talked {
  readonly ready: ReadyOutcome;
  /** Null: there was nothing to say. */
  readonly delivered: DeliveryState | null;
  readonly detail: string;
}

export function converse(context: Context, live: Live, talk: Talk): Promise<Talked> {
  const asked = { ...talk, known: live.unready, askedMono: context.host.clock.mono() };
  return context.talks.run(live.identity, () => talkNow(context, live, asked));
}

/** `known`: what was known when this was asked. */
type Asked = Talk & { readonly known: Unready | null; readonly askedMono: MonoMs };

/** What waited behind others for so long has nobody left who waits for it. */
const isLate = ({ clock }: Host, { askedMono, rule }: Asked): boolean =>
  rule === null && clock.mono() - askedMono >= VERB_TIMEOUT_MS;

const LATE: Talked = {
  ready: { state: "ready" },
  delivered: "not-delivered",
  detail: "others were before it for too long",
};

async function talkNow(context: Context, live: Live, talk: Asked): Promise<Talked> {
  const { host } = context;
  const runtime = host.runtimes.get(live.runtime);
  const peer = live.presence?.peer;
  if (runtime === undefined || peer === undefined) {
    const detail = "not in the registry";
    return unsaid(context, talk, { ready: { state: "not-ready", detail }, detail, ms: 0 });
  }
  if (talk.text !== null && isLate(host, talk)) {
    logDelivery(context, talk.start, { state: "not-delivered", detail: LATE.detail, ms: 0 });
    return LATE;
  }
  const parts = { start: talk.start, runtime, peer };
  const begun = host.clock.mono();
  const ready: ReadyOutcome =
    talk.rule === null
      ? await sinceAsked(context, live, { ...parts, known: talk.known })
      : await untilReady(context, live, { ...parts, rule: talk.rule });
  if (talk.rule !== null) logReady(context, talk.start, { ready, begun });
  if (ready.state !== "ready") {
    const detail =
      ready.state === "ended" ? await endedAtLaunch(host, talk.start) : ready.detail;
    return unsaid(context, talk, { ready, detail, ms: host.clock.mono() - begun });
  }
  if (talk.text === null) return { ready, delivered: null, detail: "" };
  const { launchEnv, text } = talk;
  const said = await deliver(host, { ...parts, launchEnv, text, fresh: talk.rule !== null });
  if (said.state === "delivered") live.unready = null;
  logDelivery(context, talk.start, { ...said, ms: host.clock.mono() - begun });
  return { ready, delivered: said.state, detail: said.detail };
}

/** It took no message: the one there was has its line all the same. */
function unsaid(
  context: Context,
  { start, text }: Talk,
  { ready, detail, ms }: { ready: ReadyOutcome; detail: string; ms: number },
): Talked {
  if (text === null) return { ready, delivered: null, detail };
  const state = "not-delivered";
  logDelivery(context, start, { state, detail, ms });
  return { ready, delivered: state, detail };
}

/**
 * Whoever asked while a boot was still waited for shares what came of it, unless its screen has
 * moved on since.
 */
async function sinceAsked(
  { host }: Context,
  live: Live,
  spec: Pick<ReadySpec, "start" | "runtime" | "peer"> & Pick<Asked, "known">,
): Promise<ReadyOutcome> {
  const { unready } = live;
  if (live.endedUnready === spec.start.generation) return { state: "ended" };
  const isNews = unready !== null && unready !== spec.known;
  if (!isNews || unready.generation !== spec.start.generation) return { state: "ready" };
  const screen = await look(host, spec);
  if (screen?.shows !== "ready" && screen?.shows !== "busy") {
    return { state: "not-ready", detail: unready.detail };
  }
  live.unready = null;
  return { state: "ready" };
}

/** The bounds of a boot are its own; idleness is counted from its end. */
async function untilReady(context: Context, live: Live, spec: ReadySpec): Promise<ReadyOutcome> {
  live.readying = true;
  const onBound = (untilMono: MonoMs) => {
    live.readyingUntilMono = untilMono;
  };
  try {
    const ready = await waitReady(context.host, { ...spec, onBound });
    const { generation } = spec.start;
    live.unready = ready.state === "not-ready" ? { generation, detail: ready.detail } : null;
    if (ready.state === "ended") live.endedUnready = generation;
    return ready;
  } finally {
    live.readying = false;
    live.idleFloorMono = context.host.clock.mono();
  }
}

/** Metadata only: never a body (lifecycle §8). */
function logDelivery(
  context: Context,
  start: StartRecord,
  said: { state: DeliveryState; detail: string; ms: number },
): void {
  const { identity, generation } = start;
  const { state, detail } = said;
  const fields = { identity, generation, state, ms: Math.round(said.ms), detail };
  context.host.log.write("delivery", { ev: "delivery", fields });
}

function logReady(
  context: Context,
  start: StartRecord,
  seen: { ready: ReadyOutcome; begun: number },
): void {
  const { host } = context;
  const { identity, generation } = start;
  const { ready } = seen;
  const ms = Math.round(host.clock.mono() - seen.begun);
  const detail = ready.state === "not-ready" ? ready.detail : undefined;
  const fields = { identity, generation, state: ready.state, ms, detail };
  host.log.write("lifecycle", { ev: "ready", fields });
}
