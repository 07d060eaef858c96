// A peer that was just declared, handed to the service manager that holds this root, unless it is
// the daemon's to look after or --no-bootstrap says not yet (service-manager contract).

import type { IapeerError } from "../core/error.ts";
import { ok, type Result } from "../core/result.ts";
import { isUp } from "../flows/service/answers.ts";
import { installPeerJob, isForManager } from "../flows/service/peer-jobs.ts";
import { heldRuntime } from "../flows/service/place.ts";
import { commandLine } from "./ask.ts";
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
  if (runtime === null || context.args.has("no-bootstrap")) return outcome;
  const label = `handing ${entry.personality} to ${host.manager.name}`;
  const answer = await withProgress(context, label, installPeerJob(host, entry, runtime));
  const service = { manager: host.manager.name, state: answer.state, reason: answer.reason };
  if (isUp(answer)) return ok({ ...outcome.value, service });
  const next = answer.next ?? commandLine(context, `start ${entry.personality}`);
  const warning = `it is not held yet: ${answer.reason}; next: ${next}`;
  return ok({ ...outcome.value, service, warnings: [...outcome.value.warnings, warning] });
}

/** Worth knowing when nobody but a running daemon keeps it up. */
export async function tellWhoHolds(
  context: VerbContext,
  outcome: Result<PeerOutcome, IapeerError>,
): Promise<void> {
  const { host } = await context.app();
  if (!outcome.ok || heldRuntime(host, outcome.value.entry) === null) return;
  if (host.manager.name !== "embedded" || outcome.value.service !== undefined) return;
  const install = commandLine(context, "daemon install");
  context.output.note(`the daemon keeps it up while it runs; ${install} makes that outlive logout`);
}
