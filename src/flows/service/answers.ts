// What an answer of a service manager amounts to.

import { IapeerError } from "../../core/error.ts";
import type { ServiceAnswer, ServiceState } from "../../core/service.ts";

export const isUp = ({ state }: Pick<ServiceAnswer, "state">): boolean =>
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
  const isSaid = words !== "" && !reason.includes(words);
  const why = isSaid ? `${reason}; it said: ${inOneLine(words)}` : reason;
  return new IapeerError({ code: CODES[state], what, why, next });
}

/** A failure of ours takes a line for each of what, why and what next. */
const inOneLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ");
