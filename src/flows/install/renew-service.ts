// After the program was replaced: the daemon restarted onto it and proved healthy twice in a row,
// then every held peer's process, with their sessions living on. Where nothing was replaced, what
// runs as it should is left alone. A start that an earlier run still owes is made up for.

import { IapeerError } from "../../core/error.ts";
import { ENTRY, installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { DAEMON_JOB, type ServiceAnswer } from "../../core/service.ts";
import { parseJsonObject } from "../../formats/fields.ts";
import { quoteSh } from "../../formats/sh-quote.ts";
import type { Host } from "../../ports/host.ts";
import { registered } from "../peers/find.ts";
import { isUp, serviceError } from "../service/answers.ts";
import { holder, type ServiceContext } from "../service/context.ts";
import { keepDaemon, restartDaemon } from "../service/daemon-service.ts";
import { downOf } from "../service/held-jobs.ts";
import { installPeerJob, restartPeerJob } from "../service/peer-jobs.ts";
import { isStartOwed, oweStart } from "../service/owed-start.ts";
import { heldRuntime } from "../service/place.ts";

const BETWEEN_MS = 500;
const HEALTHY_WITHIN_MS = 15_000;
const IN_A_ROW = 2;

export type Renewed =
  | { readonly state: "restarted"; readonly pid: number | null; readonly notes: readonly string[] }
  /** It runs this very version already, and nothing was done to it. */
  | { readonly state: "as-it-was"; readonly pid: number | null; readonly notes: readonly string[] }
  | { readonly state: "no-daemon" }
  /** It runs in a terminal, which only its owner can do anything about. */
  | { readonly state: "in-a-terminal"; readonly pid: number };

/** As if this process ran from the installed version `build`. */
function installedHost(host: Host, build: string): Host {
  const { bun, version } = installLayout(host.facts.home);
  return { ...host, facts: { ...host.facts, program: [bun, `${version(build)}/${ENTRY}`] } };
}

export interface Used {
  readonly build: string;
  readonly previous: string | null;
  /** By a rollback. */
  readonly isBack: boolean;
  /** Neither the version in use nor bun is another one, and no run was cut off before. */
  readonly unchanged: boolean;
}

export async function renewService(
  context: ServiceContext,
  used: Used,
): Promise<Result<Renewed, IapeerError>> {
  const renewed = { ...context, host: installedHost(context.host, used.build) };
  const manager = holder(context);
  const seen = await manager.query(DAEMON_JOB);
  const status = await context.daemon.status();
  const isHeld = manager.name !== "embedded";
  const isDown = seen.state === "not-loaded" && status.pid === undefined;
  const isOwed = isDown && isStartOwed(context.host);
  const holdsNone = !isHeld && seen.state !== "loaded" && !isOwed;
  if (holdsNone || !manager.isThere()) {
    if (status.pid === undefined) return ok({ state: "no-daemon" });
    return ok({ state: "in-a-terminal", pid: status.pid });
  }
  if (used.unchanged && !isHeld && status.state === "running") {
    if (startedAs(context.host, seen) === used.build) {
      return ok({ state: "as-it-was", pid: status.pid ?? null, notes: [] });
    }
  }
  const keep = used.unchanged && isHeld;
  const ill = (why: string) => err(unhealthy(context.host, used, why));
  if (!isHeld) oweStart(context.host);
  const answer = await (keep ? keepDaemon : restartDaemon)(renewed);
  if (!isUp(answer)) return ill(serviceError(answer, "").why ?? answer.reason);
  const isLeftAlone = keep && answer.state === "already-loaded";
  const healthy = isLeftAlone ? ok(answer.job.pid) : await healthyInARow(renewed);
  if (!healthy.ok) return ill(healthy.error);
  const notes = isHeld ? await renewPeers(renewed, keep ? installPeerJob : restartPeerJob) : [];
  return ok({ state: isLeftAlone ? "as-it-was" : "restarted", pid: healthy.value, notes });
}

/** The build that one in the background was started as; null: it does not say. */
function startedAs({ files }: Host, seen: ServiceAnswer): string | null {
  const path = "job" in seen ? seen.job.path : null;
  const read = path === null ? null : files.read(path);
  const parsed = read?.state === "ok" ? parseJsonObject(read.text) : null;
  const build = parsed?.ok === true ? parsed.value["build"] : null;
  return typeof build === "string" ? build : null;
}

/** The same daemon, running and ticking, each time it is asked. */
async function healthyInARow(context: ServiceContext): Promise<Result<number | null>> {
  const { host, daemon } = context;
  const until = host.clock.mono() + HEALTHY_WITHIN_MS;
  let count = 0;
  let pid: number | null = null;
  let last = "it was not asked";
  while (host.clock.mono() < until) {
    const status = await daemon.status();
    const same = status.state === "running" && (count === 0 || status.pid === pid);
    count = same ? count + 1 : 0;
    pid = status.pid ?? null;
    last = `it is ${status.state}${status.reason === undefined ? "" : `: ${status.reason}`}`;
    if (count >= IN_A_ROW) return ok(pid);
    await host.clock.sleep(BETWEEN_MS);
  }
  return err(last);
}

/** `renew`: an install leaves a holder alone that is as it should be. */
async function renewPeers(
  { host, services }: ServiceContext,
  renew: typeof restartPeerJob,
): Promise<readonly string[]> {
  const manager = services.named(services.recorded ?? "embedded");
  const notes: string[] = [];
  for (const peer of registered(host)) {
    const runtime = heldRuntime(host, peer);
    const owner = manager.ownerOf({ kind: "peer", personality: peer.personality });
    if (runtime === null || owner.owner !== "ours" || downOf(host, peer) !== null) continue;
    const answer = await renew({ ...host, manager }, peer, runtime);
    if (!isUp(answer)) notes.push(`${peer.personality} is not held by it yet: ${answer.reason}`);
  }
  return notes;
}

/** A version that dies at once cannot put the other one back: that one does it itself. */
function wayBack({ facts }: Host, { previous, isBack }: Used): string {
  if (previous === null) return "iapeer daemon status; there is no version before to go back to";
  const { bun, version } = installLayout(facts.home);
  const itself = `${quoteSh(bun)} ${quoteSh(`${version(previous)}/${ENTRY}`)} rollback`;
  const other = isBack ? `${previous} back` : "the version before back";
  return `iapeer rollback puts ${other}, and starts its daemon; if that dies too: ${itself}`;
}

function unhealthy(host: Host, used: Used, why: string): IapeerError {
  const { isBack } = used;
  const which = isBack ? "the version before is in place again" : "the new version is in place";
  return new IapeerError({
    code: "update-unhealthy",
    what: `${which} (${used.build}), and its daemon is not healthy`,
    why,
    next: `${wayBack(host, used)}; sessions live on meanwhile`,
  });
}
