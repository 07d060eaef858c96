// Lifecycle §5's invariant, judged from what is on disk and what is running: every life that is
// over has one record and one line, none of a living one, and nothing runs that no life owns.

import { readdirSync } from "node:fs";
import { sameProcess, type ProcessRef } from "../../src/core/process-ref.ts";
import type { StartRecord } from "../../src/core/generation.ts";
import type { Identity } from "../../src/core/names.ts";
import { livenessOf } from "../../src/flows/session/life.ts";
import { listGenerations, readEnd, readStart } from "../../src/flows/session/records.ts";
import type { Fleet } from "./fleet.ts";

/** Waits for the invariant to hold; fails with what is wrong when it does not come to. */
export async function mustHold(fleet: Fleet, boundMs = 30_000): Promise<void> {
  const until = performance.now() + boundMs;
  for (let wrong = judge(fleet); wrong.length > 0; wrong = judge(fleet)) {
    if (performance.now() > until) throw new Error(`the invariant is broken:\n${wrong.join("\n")}`);
    await Bun.sleep(50);
  }
}

/** What is wrong, in words; empty when the invariant holds. */
export function judge(fleet: Fleet): readonly string[] {
  const { host } = fleet.app;
  const identities = readdirSync(host.layout.sessionsDir) as Identity[];
  return [...identities.flatMap((identity) => judgeLives(fleet, identity)), ...judgeRemains(fleet)];
}

function judgeLives(fleet: Fleet, identity: Identity): readonly string[] {
  const { host } = fleet.app;
  const wrong: string[] = [];
  let living = 0;
  for (const generation of listGenerations(host, identity)) {
    const ref = { identity, generation };
    const about = `${identity} ${generation}`;
    const start = readStart(host, ref);
    const end = readEnd(host, ref);
    const lines = fleet.exitLines(generation);
    if (livenessOf(host, start, "server") === "alive") {
      living += 1;
      if (end.state !== "none") {
        wrong.push(`${about}: a record (${end.state}) names a living server`);
      }
      if (lines.length > 0) wrong.push(`${about}: a line in exits.log names a living server`);
      continue;
    }
    if (end.state !== "recorded") wrong.push(`${about}: its end is ${end.state}`);
    if (lines.length !== 1) {
      wrong.push([`${about}: ${lines.length} lines in exits.log`, ...lines].join("\n  "));
    }
    if (livenessOf(host, start, "pane") === "alive") {
      wrong.push(`${about}: its pane's process outlived it`);
    }
  }
  if (living > 1) wrong.push(`${identity}: ${living} living servers`);
  return wrong;
}

/** Servers and canaries that no life owns. */
function judgeRemains(fleet: Fleet): readonly string[] {
  const living = livingStarts(fleet);
  const owns = (ref: ProcessRef) =>
    living.some(({ server }) => server !== undefined && sameProcess(server, ref));
  return fleet.remains().flatMap(({ ref, name, words }) => {
    if (name.startsWith("tmux: server") && !owns(ref)) return [`orphaned tmux server ${ref.pid}`];
    const canaryOf = /\/sessions\/[^/]+\/([^/]+)\/canary\.sh/.exec(words)?.[1];
    const orphaned =
      canaryOf !== undefined && !living.some(({ generation }) => generation === canaryOf);
    return orphaned ? [`orphaned canary ${ref.pid} of ${canaryOf}`] : [];
  });
}

export function livingStarts(fleet: Fleet): readonly StartRecord[] {
  const { host } = fleet.app;
  const identities = readdirSync(host.layout.sessionsDir) as Identity[];
  return identities
    .flatMap((identity) =>
      listGenerations(host, identity).flatMap(
        (generation) => readStart(host, { identity, generation }) ?? [],
      ),
    )
    .filter((start) => livenessOf(host, start, "server") === "alive");
}
