// Why a tmux server did not do what it was asked for, in words for whoever asked.

import type { QueryOutcome } from "../../ports/tmux.ts";

export type Unanswered = Exclude<QueryOutcome, { readonly state: "answered" }>;

export function whyUnanswered(asked: Unanswered): string {
  if (asked.state === "no-server") return "its tmux server is gone";
  return asked.detail === "timeout" ? "its tmux server gives no answer" : asked.detail;
}
