// Why a tmux server did not do what it was asked for, in words for whoever asked.

import type { QueryOutcome } from "../../ports/tmux.ts";

export type Unanswered = Exclude<QueryOutcome, { readonly state: "answered" }>;

export const whyUnanswered = (asked: Unanswered): string =>
  asked.state === "no-server" ? "its tmux server is gone" : asked.detail;
