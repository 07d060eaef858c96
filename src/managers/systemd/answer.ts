// What systemd shows of a unit, as an answer. Pure.

import type { JobSeen, ServiceAnswer } from "../../core/service.ts";
import type { UnitShown } from "../../formats/systemctl-show.ts";

export function answerOf(unit: UnitShown): ServiceAnswer {
  if (unit.load === "not-found") {
    return { state: "not-loaded", reason: "systemd knows no such unit" };
  }
  if (unit.load === "masked") {
    return { state: "disabled", reason: "the unit is masked", next: "systemctl --user unmask it" };
  }
  const job = seenOf(unit);
  const reason = tell(unit, job);
  if (unit.active === "deactivating") return { state: "draining", reason, job };
  const idle = unit.active === "inactive" || unit.active === "failed";
  if (idle && unit.pid === null) {
    // A unit that has failed for good is still what `status` has to explain.
    if (unit.active === "failed") return { state: "loaded", reason, job };
    return { state: "not-loaded", reason };
  }
  return { state: "loaded", reason, job };
}

function seenOf(unit: UnitShown): JobSeen {
  const activity = unit.sub === "" ? unit.active : `${unit.active} (${unit.sub})`;
  const { restarts, exitStatus, result } = unit;
  const failed = result !== "" && result !== "success";
  return {
    pid: unit.pid,
    activity,
    domain: null,
    alsoIn: [],
    path: unit.path,
    runs: restarts === null ? null : restarts + 1,
    lastExit: failed ? `${exitStatus} (${result})` : exitStatus === "" ? null : exitStatus,
  };
}

function tell(unit: UnitShown, { pid, activity, runs, lastExit }: JobSeen): string {
  const parts = [
    pid === null ? "without a process" : `runs as pid ${pid}`,
    `state ${activity}`,
    ...(runs === null ? [] : [`run ${runs} times`]),
    ...(lastExit === null || pid !== null ? [] : [`last exit ${lastExit}`]),
    ...(unit.result === "start-limit-hit" ? ["held back by systemd's start limit"] : []),
  ];
  return parts.join(", ");
}
