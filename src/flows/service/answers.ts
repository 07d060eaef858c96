// What an answer of a service manager amounts to.

import { IapeerError } from "../../core/error.ts";
import type { ServiceAnswer, ServiceState } from "../../core/service.ts";

export const isUp = ({ state }: ServiceAnswer): boolean =>
  state === "loaded" || state === "already-loaded";

const CODES: Readonly<Record<ServiceState, string>> = {
  loaded: "service-loaded",
  "already-loaded": "service-loaded",
  "not-loaded": "service-not-loaded",
  draining: "service-draining",
  disabled: "service-disabled",
  "refused-foreign": "service-foreign",
  unknown: "service-unknown",
  failed: "service-failed",
};

/** An answer that was not the one hoped for, with what the job or the manager said last. */
export function serviceError(answer: ServiceAnswer, what: string): IapeerError {
  const { state, reason, next = "iapeer daemon status" } = answer;
  const words = "stderr" in answer ? answer.stderr : "";
  const why = words === "" || reason.includes(words) ? reason : `${reason}; it said: ${words}`;
  return new IapeerError({ code: CODES[state], what, why, next });
}
