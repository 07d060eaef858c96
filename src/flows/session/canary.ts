// Arming and looking at a generation's canary (lifecycle §6). Pure observability: every failure
// to arm one is a state, never an exception, and never a reason to end the session.

import { pathsOf, type GenerationRef } from "./records.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import type { CanaryState, Liveness } from "../../core/states.ts";
import { parseCanaryPid } from "../../formats/canary-pid.ts";
import type { Host } from "../../ports/host.ts";

/** The recorder that says it watches this generation; null when none has said so. */
export function canaryProcess(host: Host, ref: GenerationRef): ProcessRef | null {
  const read = host.files.read(pathsOf(host, ref).canaryPid);
  return read.state === "ok" ? parseCanaryPid(read.text) : null;
}

export function canaryLiveness(host: Host, ref: GenerationRef): Liveness {
  const canary = canaryProcess(host, ref);
  return canary === null ? "dead" : host.processes.liveness(canary);
}

export interface CanaryOutcome {
  readonly state: CanaryState;
  readonly detail?: string;
  /** The new recorder; only when `spawned`. */
  readonly process?: { readonly pid: number };
}

/** A canary that already watches is left alone; `skipped` when its script cannot be there. */
export function armCanary(host: Host, ref: GenerationRef): CanaryOutcome {
  const liveness = canaryLiveness(host, ref);
  if (liveness === "alive") return { state: "already" };
  if (liveness === "unknown") return { state: "skipped", detail: "cannot tell" };
  const script = pathsOf(host, ref).canaryScript;
  if (host.files.stat(script).state !== "ok") return { state: "skipped", detail: "no script" };
  const detached = host.exec.detach({ argv: ["/bin/sh", script], env: {}, cwd: "/" });
  return detached.state === "spawned"
    ? { state: "spawned", process: detached.process }
    : { state: "failed", detail: detached.detail };
}
