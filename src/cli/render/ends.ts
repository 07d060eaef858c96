// End records for people (lifecycle §5). Pure.

import { isUnstarted, type EndRecord } from "../../core/generation.ts";
import type { Cell } from "./table.ts";
import { clip, visible } from "./text.ts";

export const ENDS_HEAD = ["WHEN", "IDENTITY", "END", "CAUSE", "BY", "EXIT", "VERDICT"];

export function endRow(end: EndRecord): readonly Cell[] {
  const isMeant = end.ev === "teardown";
  return [
    { text: end.ts },
    { text: end.identity },
    { text: end.ev, hue: isMeant ? "dim" : "red" },
    { text: end.reason ?? end.cause ?? "own-exit" },
    { text: visible(end.askedBy === undefined ? end.by : `${end.by}, for ${end.askedBy}`) },
    { text: exitText(end) },
    { text: verdictText(end) },
  ];
}

/** In half a sentence; what is deliberate is told by its reason. */
export function endInWords(end: EndRecord): string {
  if (end.ev === "teardown") return `ended by iapeer (${end.reason ?? "unknown"}${askedBy(end)})`;
  if (end.ev === "server-exit") return `its tmux server is gone (${end.cause ?? "unknown"})`;
  const text = exitText(end);
  return text === "-" ? "its process has exited" : `its process has exited with ${text}`;
}

const askedBy = ({ askedBy: who }: EndRecord): string =>
  who === undefined ? "" : `, asked for by ${who === "operator" ? "the " : ""}${visible(who)}`;

function exitText(end: EndRecord): string {
  const signal = end.deadSignal ?? end.verdict.signal;
  if (signal !== undefined) return `signal ${signal}`;
  const code = end.deadStatus ?? end.verdict.exitCode;
  return code === undefined ? "-" : `code ${code}`;
}

/** A path and a few words; --json has all of it. */
const DETAIL_COLUMNS_MAX = 80;

/** Who killed it is no question about what never lived. */
function verdictText(end: EndRecord): string {
  const { verdict, since, detail } = end;
  const parts = [
    verdict.ours ? "ours" : "not ours",
    ...(verdict.oom === "seen" ? ["OOM killer seen"] : []),
    verdict.confidence,
    ...(since === undefined ? [] : [`alive until ${visible(since)} at least`]),
  ];
  const judged = isUnstarted(end) ? "never started" : parts.join(", ");
  return detail === undefined ? judged : `${judged}: ${clip(visible(detail), DETAIL_COLUMNS_MAX)}`;
}
