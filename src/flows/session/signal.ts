// Every signal we send is logged with an id (lifecycle §5), so that a verdict can tell our kills
// from others'; and none is sent but to a process whose pid and start time are on record.

import type { GenerationRef } from "./records.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import type { Host } from "../../ports/host.ts";
import type { SignalName, SignalOutcome } from "../../ports/processes.ts";

export interface SignalSpec {
  readonly about: GenerationRef;
  readonly target: ProcessRef;
  readonly signal: SignalName;
  /** What the process is to us: `server`, `pane`, `canary`, `descendant`. */
  readonly role: string;
  readonly reason: string;
  /** Where a record has named it already. */
  readonly id?: string;
}

export function sendSignal(host: Host, spec: SignalSpec): SignalOutcome {
  const outcome = host.processes.signal(spec.target, spec.signal);
  if (outcome === "gone") return outcome;
  host.log.write("lifecycle", {
    ev: "signal",
    fields: {
      id: spec.id ?? host.ids.short(),
      identity: spec.about.identity,
      generation: spec.about.generation,
      pid: spec.target.pid,
      role: spec.role,
      signal: spec.signal,
      reason: spec.reason,
      outcome,
    },
  });
  return outcome;
}

/** Polls until the process is gone; `alive` after `forMs`. An unknown liveness counts as alive. */
export async function waitGone(
  host: Host,
  target: ProcessRef,
  forMs: number,
): Promise<"gone" | "alive"> {
  const until = host.clock.mono() + forMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    if (host.processes.liveness(target) === "dead") return "gone";
    if (host.clock.mono() >= until) return "alive";
    await host.clock.sleep(pauseMs);
  }
}
