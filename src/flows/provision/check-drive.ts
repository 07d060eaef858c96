// The occasions of a provider check: for each folder every occasion twice, and what the second
// run must not change.

import { createLimit } from "../../core/limit.ts";
import { peerLayout } from "../../core/layout.ts";
import type { RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Occasion, ProviderDeclaration, ProvisionOutcome } from "../../core/provider.ts";
import type { Host } from "../../ports/host.ts";
import { directionOf } from "../../rules/provision.ts";
import { provisionArgv } from "../../rules/provider-argv.ts";
import type { CheckPoint } from "./check.ts";
import { type CheckRoot, checkEnv, differences, pictureOf } from "./check-root.ts";
import { runProvision } from "./run.ts";

export interface Drive {
  readonly declaration: ProviderDeclaration;
  readonly root: CheckRoot;
  readonly interrupted?: AbortSignal;
  readonly add: (point: CheckPoint) => void;
}

/** A provider holds its own lock, so that a host may call it several times at once. */
const AT_ONCE = 4;
const SLOW_MS = 10_000;

/** The order of a peer's life; what is taken back is given again first. */
const LIFE: readonly Occasion[] = [
  "birth",
  "sweep-on",
  "off-peer",
  "birth",
  "off-all",
  "sweep-on",
  "remove",
];

export async function drive(host: Host, spec: Drive): Promise<void> {
  const subjects = spec.root.peers.flatMap((peer, index) => {
    const runtime = peer.runtimes[index % peer.runtimes.length];
    return runtime === undefined ? [] : [{ peer, runtime }];
  });
  const limit = createLimit(AT_ONCE);
  await Promise.all(subjects.map((next) => limit(() => driveTogether(host, spec, next))));
  const last = subjects.at(-1);
  if (last !== undefined) await driveGone(host, spec, last);
}

/** Several go on at once, and are told one after the other. */
async function driveTogether(host: Host, spec: Drive, subject: Subject): Promise<void> {
  const points: CheckPoint[] = [];
  try {
    await driveLife(host, { ...spec, add: (point) => void points.push(point) }, subject);
  } finally {
    for (const point of points) spec.add(point);
  }
}

interface Subject {
  readonly peer: RegistryEntry;
  readonly runtime: RuntimeName;
}

async function driveLife(host: Host, spec: Drive, subject: Subject): Promise<void> {
  const { peer } = subject;
  const unborn = pictureOf(host, peer.cwd);
  const profile = host.files.read(peerLayout(peer.cwd).profile);
  const told = new Set<Occasion>();
  for (const occasion of LIFE) {
    if (spec.interrupted?.aborted === true) return;
    const { isOver, ...result } = await twice(host, spec, { ...subject, occasion });
    // Only the first time is a point of its own, unless a later one goes wrong.
    if (!told.has(occasion) || result.result !== "ok") spec.add(result);
    told.add(occasion);
    // It would hang at the others as well, for two minutes each; and what is no program stays none.
    if (isOver) return;
  }
  const point = pointOf("nothing is left", subject);
  if (!Bun.deepEquals(host.files.read(peerLayout(peer.cwd).profile), profile)) {
    spec.add({ point, result: "failed", detail: "the peer's own profile was changed" });
    return;
  }
  const left = differences(peer.cwd, unborn, pictureOf(host, peer.cwd));
  const detail = left.length === 0 ? "" : `in the peer's folder: ${left.join(", ")}`;
  spec.add({ point, result: left.length === 0 ? "ok" : "warn", detail });
}

/** A peer may be removed after its folder is gone. */
async function driveGone(host: Host, spec: Drive, subject: Subject): Promise<void> {
  if (spec.interrupted?.aborted === true) return;
  host.files.removeTree(subject.peer.cwd);
  const outcome = await once(host, spec, { ...subject, occasion: "remove" });
  const point = "remove when the peer's folder is gone";
  const isOk = outcome.state === "ok";
  spec.add({ point, result: isOk ? "ok" : "failed", detail: isOk ? "" : outcomeText(outcome) });
}

type Turn = Subject & { readonly occasion: Occasion };

const ENDING: ReadonlySet<ProvisionOutcome["state"]> = new Set(["timeout", "not-executable"]);

type Twice = CheckPoint & { readonly isOver: boolean };

async function twice(host: Host, spec: Drive, turn: Turn): Promise<Twice> {
  const { cwd } = turn.peer;
  const point = pointOf(turn.occasion, turn);
  const failed = ({ state }: ProvisionOutcome, detail: string): Twice =>
    ({ point, result: "failed", detail, isOver: ENDING.has(state) });
  const first = await once(host, spec, turn);
  if (first.state !== "ok") return failed(first, outcomeText(first));
  const after = pictureOf(host, cwd);
  const second = await once(host, spec, turn);
  if (second.state !== "ok") return failed(second, `the second time: ${outcomeText(second)}`);
  const changed = differences(cwd, after, pictureOf(host, cwd));
  if (changed.length > 0) {
    return failed(second, `the second time changed something: ${changed.join(", ")}`);
  }
  const took = `${first.durationMs} ms, again ${second.durationMs} ms`;
  const isSlow = Math.max(first.durationMs, second.durationMs) > SLOW_MS;
  const detail = isSlow ? `slow: ${took}` : took;
  return { point, result: isSlow ? "warn" : "ok", detail, isOver: false };
}

async function once(
  host: Host,
  { declaration, root, interrupted }: Drive,
  { peer, runtime, occasion }: Turn,
): Promise<ProvisionOutcome> {
  const command = declaration[directionOf(occasion)] ?? { command: "", args: [] };
  const { cwd, personality } = peer;
  return runProvision(host, {
    argv: provisionArgv(command, { cwd, runtime, personality, occasion }),
    env: checkEnv(root),
    ...(interrupted === undefined ? {} : { interrupted }),
  });
}

const pointOf = (what: string, { peer, runtime }: Subject): string =>
  `${what}: ${runtime} in ${JSON.stringify(peer.cwd.slice(peer.cwd.lastIndexOf("/") + 1))}`;

function outcomeText({ state, exitCode, signal, detail, durationMs }: ProvisionOutcome): string {
  const how = signal ?? (exitCode === null ? `after ${durationMs} ms` : `exit ${exitCode}`);
  const said = detail.trim();
  return `${state}, ${how}${said === "" ? "" : `: ${said}`}`;
}
