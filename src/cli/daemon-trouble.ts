// What is wrong with the daemon and with what it writes; status, doctor and daemon status show it.
// Pure.

import { WAY_OUT } from "../core/service.ts";
import type { DaemonStatus } from "../core/snapshot.ts";
import type { HostSeen, Trouble } from "./trouble.ts";

type How = Pick<HostSeen, "isInstalled" | "isHolderLacking" | "unfit">;

function startHint(how: How): string {
  const { isInstalled, isHolderLacking = false, unfit = null } = how;
  if (unfit !== null) return unfit.next;
  if (isHolderLacking) return WAY_OUT;
  const start = "iapeer daemon start";
  return isInstalled ? start : `${start}, or in a terminal of its own: iapeer daemon run`;
}

export function daemonTrouble(
  { state, reason, pid, state_trouble: unwritten }: DaemonStatus,
  how: How,
): readonly Trouble[] {
  const subject = "daemon";
  const known = state === "not-running" ? (how.unfit?.message ?? reason) : reason;
  const why = known === undefined ? "" : `: ${known}`;
  const who = pid === undefined ? "" : `pid ${pid} runs; `;
  switch (state) {
    case "running":
      return unwritten === undefined ? [] : [unwritable(unwritten)];
    case "not-running":
      return [
        {
          severity: "error",
          code: "daemon-not-running",
          subject,
          summary: `not running, so nobody supervises${why}`,
          hint: startHint(how),
        },
      ];
    case "stale":
      return [
        ...(unwritten === undefined ? [] : [unwritable(unwritten)]),
        {
          severity: "error",
          code: "daemon-stale",
          subject,
          summary: `${who}its last pass is older than two periods${why}`,
          // Its passes may go on as ever, and only be kept from saying so.
          hint:
            unwritten === undefined
              ? "iapeer daemon restart"
              : "iapeer daemon restart, if it stays so once there is room",
        },
      ];
    case "unknown":
      return [
        {
          severity: "unknown",
          code: "daemon-unknown",
          subject,
          summary: `${who}its state cannot be told${why}`,
          hint: "iapeer daemon restart, if it stays so",
        },
      ];
  }
}

const unwritable = (detail: string): Trouble => ({
  severity: "error",
  code: "state-unwritable",
  subject: "state",
  summary: `the daemon cannot write what it remembers: ${detail}`,
  hint: "make room on the disk, or the folder writable; until then verbs that change it fail",
});

export const logTrouble = (detail: string | null): readonly Trouble[] =>
  detail === null
    ? []
    : [
        {
          severity: "error",
          code: "log-unwritable",
          subject: "logs",
          summary: detail,
          hint: "make room or put the permissions right; nothing else stopped working",
        },
      ];
