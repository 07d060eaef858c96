// Which presence of a peer a verb is about: the one that was named, else one that lives, else
// the default.

import type { Context } from "../context.ts";
import { isLive } from "../living.ts";
import { refreshLive, type Live } from "../live.ts";
import { refreshMembers } from "../members.ts";
import { refused, unknownPeer } from "./answers.ts";
import type { VerbAnswer } from "../../core/api.ts";
import { identityOf, type Personality } from "../../core/names.ts";
import { checkRuntime } from "../../rules/names.ts";
import { ok, err, type Result } from "../../core/result.ts";

/** Every presence of a registered peer, the default one first. */
export function presencesOfPeer(context: Context, personality: Personality): readonly Live[] {
  refreshMembers(context);
  const all = context.lives.ofPeer(personality);
  // Another process keeps the records of a peer that a service manager holds.
  if (context.host.manager.manages(personality)) {
    for (const live of all) refreshLive(context.host, live);
  }
  if (all.length < 2) return all;
  const isDefault = (live: Live) => live.presence?.peer.default_runtime === live.runtime;
  return all.toSorted((a, b) => Number(isDefault(b)) - Number(isDefault(a)));
}

export function choosePresence(
  context: Context,
  personality: Personality,
  runtime: string | undefined,
): Result<Live, VerbAnswer> {
  const all = presencesOfPeer(context, personality);
  const registered = all.filter((live) => live.presence !== null);
  const first = registered[0];
  if (first === undefined) return err(unknownPeer(personality));
  if (runtime === undefined) return ok(all.find((live) => isLive(context, live)) ?? first);
  const checked = checkRuntime(runtime);
  const named = checked.ok
    ? registered.find((live) => live.identity === identityOf(checked.value, personality))
    : undefined;
  return named === undefined ? err(noSuchRuntime(first, runtime)) : ok(named);
}

const noSuchRuntime = (live: Live, runtime: string): VerbAnswer =>
  refused(live, "unknown-runtime", [
    `${live.personality} has no runtime ${runtime}`,
    `iapeer add-runtime ${live.personality} ${runtime}`,
  ]);
