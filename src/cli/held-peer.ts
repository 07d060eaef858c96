// A peer that was just declared, handed to whoever keeps it up, unless --no-bootstrap says not
// yet: the service manager that holds this root, or the daemon (service-manager contract).

import { IapeerError } from "../core/error.ts";
import type { Personality } from "../core/names.ts";
import { ok, type Result } from "../core/result.ts";
import type { DaemonStatus } from "../core/snapshot.ts";
import { isUp } from "../flows/service/answers.ts";
import { installPeerJob, isForManager } from "../flows/service/peer-jobs.ts";
import { heldRuntime } from "../flows/service/place.ts";
import { commandLine, interruptible, named } from "./ask.ts";
import type { VerbContext } from "./context.ts";
import { withProgress } from "./progress.ts";
import type { PeerOutcome } from "./told-peer.ts";

/** The outcome with what came of it; a peer that is not up yet is declared all the same. */
export async function handOver<T extends PeerOutcome>(
  context: VerbContext,
  outcome: Result<T, IapeerError>,
): Promise<Result<PeerOutcome, IapeerError>> {
  if (!outcome.ok) return outcome;
  const { host } = await context.app();
  const { entry } = outcome.value;
  const runtime = isForManager(host, entry);
  if (context.args.has("no-bootstrap")) return outcome;
  if (runtime === null) return ok(await startNow(context, outcome.value));
  const label = `handing ${entry.personality} to ${host.manager.name}`;
  const answer = await withProgress(context, label, installPeerJob(host, entry, runtime));
  const service = { manager: host.manager.name, state: answer.state, reason: answer.reason };
  if (isUp(answer)) return ok({ ...outcome.value, service });
  const next = context.output.hint(answer.next ?? `iapeer start ${entry.personality}`);
  const warning = `it is not held yet: ${answer.reason}; next: ${next}`;
  return ok({ ...outcome.value, service, warnings: [...outcome.value.warnings, warning] });
}

/**
 * One that is always on need not wait for the tick in which a daemon would see it. One that was
 * there before may be stopped: only the operator's own `start` ends that.
 */
async function startNow(context: VerbContext, outcome: PeerOutcome): Promise<PeerOutcome> {
  const { host } = await context.app();
  const { entry, state } = outcome;
  if (!entry.always_on && heldRuntime(host, entry) === null) return outcome;
  if (state !== "created" || context.terminal.interrupted.aborted) return outcome;
  const answer = await askToStart(context, entry.personality);
  if (answer === null) return outcome;
  const isStarted = answer.result !== "refused" && answer.result !== "failed";
  // The daemon has looked, too: what was found here adds nothing, or is not so there.
  const isTold = isStarted || ("cause" in answer && answer.cause === "launch-failed");
  const warnings = outcome.warnings.filter((one) => !isTold || one !== outcome.missing?.warning);
  if (isStarted) {
    const service = { manager: "the daemon", state: "loaded", reason: "it is up" } as const;
    return { ...outcome, warnings, service };
  }
  // Declared it is; the daemon goes on trying.
  const warning = `it is not up yet: ${answer.detail}; next: ${context.output.hint(answer.next)}`;
  return { ...outcome, warnings: [...warnings, warning] };
}

/** Null: there is no daemon that says what came of it. Ctrl-C ends the waiting only. */
async function askToStart(context: VerbContext, personality: Personality) {
  const asking = interruptible(context, { personality, verb: "start", request: {} });
  try {
    const asked = await withProgress(context, `start ${personality}`, asking);
    return asked.state === "answered" ? asked.value : null;
  } catch (thrown) {
    if (!(thrown instanceof IapeerError)) throw thrown;
    return { result: "refused", detail: thrown.what, next: thrown.next } as const;
  }
}

/** What to do next with one that nobody keeps up: it takes a daemon that works. */
export async function tellWake(
  context: VerbContext,
  outcome: Result<PeerOutcome, IapeerError>,
): Promise<void> {
  if (!outcome.ok || outcome.value.service !== undefined || context.output.isQuiet) return;
  const { host, client } = await context.app();
  const { entry, missing } = outcome.value;
  const { state, pid } = await client.status();
  const isHeld = entry.always_on || heldRuntime(host, entry) !== null;
  const wake = commandLine(context, `wake ${entry.personality}`);
  const steps = [
    ...(missing === undefined ? [] : [missing.step]),
    ...(state === "running" ? [] : [commandLine(context, daemonStep(state))]),
    // A daemon that starts brings it up.
    ...(isHeld && state === "not-running" ? [] : [wake]),
  ];
  const isSick = state === "stale" || state === "unknown";
  if (isSick) context.output.note(`${named(pid)} does not do its work now`);
  context.output.note(`next: ${steps.join(", then: ")}`);
}

const daemonStep = (state: DaemonStatus["state"]): string =>
  state === "not-running" ? "daemon start" : "daemon restart";

/** Worth knowing when nobody but a running daemon keeps it up. */
export async function tellWhoHolds(
  context: VerbContext,
  outcome: Result<PeerOutcome, IapeerError>,
): Promise<void> {
  const { host } = await context.app();
  if (!outcome.ok || heldRuntime(host, outcome.value.entry) === null) return;
  const by = outcome.value.service?.manager;
  if (host.manager.name !== "embedded" || (by !== undefined && by !== "the daemon")) return;
  const install = commandLine(context, "daemon install");
  const note = `the daemon keeps it up while it runs; with launchd or systemd, ${install}`;
  context.output.note(`${note} makes that outlive logout`);
}
