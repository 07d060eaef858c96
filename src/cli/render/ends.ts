// End records for people (lifecycle §5). Pure.

import type { EndRecord } from "../../core/generation.ts";
import type { Cell } from "./table.ts";
import { visible } from "./text.ts";

export const ENDS_HEAD = ["WHEN", "IDENTITY", "END", "CAUSE", "BY", "EXIT", "VERDICT"];

export function endRow(end: EndRecord): readonly Cell[] {
  const isMeant = end.ev === "teardown";
  return [
    { text: end.ts },
    { text: end.identity },
    { text: end.ev, hue: isMeant ? "dim" : "red" },
    { text: end.reason ?? end.cause ?? "own-exit" },
    { text: end.by },
    { text: exitText(end) },
    { text: verdictText(end) },
  ];
}

function exitText(end: EndRecord): string {
  const signal = end.deadSignal ?? end.verdict.signal;
  if (signal !== undefined) return `signal ${signal}`;
  const code = end.deadStatus ?? end.verdict.exitCode;
  return code === undefined ? "-" : `code ${code}`;
}

function verdictText({ verdict, since }: EndRecord): string {
  const parts = [
    verdict.ours ? "ours" : "not ours",
    ...(verdict.oom === "seen" ? ["OOM killer seen"] : []),
    verdict.confidence,
    ...(since === undefined ? [] : [`alive until ${visible(since)} at least`]),
  ];
  return parts.join(", ");
}
