// Why a service manager was chosen, and what is known of the daemon's job, for a person.

import type { ManagerChoice, ManagerName, ServiceAnswer } from "../../core/service.ts";
import type { ManagerRecord } from "../../formats/manager-record.ts";

/** The trace of the choice: one line for each thing that was looked at. */
export function renderChoice({ manager, trace }: ManagerChoice): readonly string[] {
  return [
    `service manager: ${manager}`,
    ...trace.map(({ probe, saw, meant }) => `  ${probe}: ${saw}; ${meant}`),
  ];
}

/**
 * Who holds the root now; where no install has said so yet, also what one would choose. Only what
 * decided it is told, unless all is asked for or what was recorded is not there.
 */
export function renderHolder(
  record: ManagerRecord | null,
  choice: ManagerChoice,
  isWhole: boolean,
): readonly string[] {
  const recorded = record?.manager ?? null;
  const holds = recorded ?? "embedded";
  const [first = "", ...trace] = renderChoice(choice);
  if (holds === choice.manager) {
    return isWhole ? [first, ...trace, ...renderWhy(record)] : [first, ...decisive(record, choice)];
  }
  const is = recorded === null ? "nothing is installed" : `${recorded} is recorded, and not here`;
  const would = `  ${is}; iapeer daemon install would choose ${choice.manager}`;
  const isTold = isWhole || recorded !== null;
  return [`service manager: ${holds}`, ...(isTold ? [`${would}:`, ...trace] : [would])];
}

/** The last step of a choice that found none; it makes sense after the others alone. */
const NONE_FOUND = "what is left";

/** That it was recorded is no reason: what an install saw is. */
function decisive(record: ManagerRecord | null, choice: ManagerChoice): readonly string[] {
  const seen = record === null || record.trace.length === 0 ? choice : record;
  if (seen.trace.at(-1)?.probe === NONE_FOUND) {
    const untold = seen.trace.filter(({ isUntold }) => isUntold);
    if (untold.length > 0) return renderChoice({ ...seen, trace: untold }).slice(1);
    return ["  no service manager was found here, so nothing starts the daemon again if it ends"];
  }
  return renderChoice(seen).slice(1).slice(-1);
}

/** What an install saw when it chose it, as it has written it down. */
function renderWhy(record: ManagerRecord | null): readonly string[] {
  if (record === null || record.trace.length === 0) return [];
  const [, ...trace] = renderChoice(record);
  return [`  chosen then, ${record.since}:`, ...trace.map((line) => `  ${line}`)];
}

/**
 * In the background nothing is loaded anywhere, and nobody holds it. `pid`: the daemon that runs,
 * which need not be the one that was started there.
 */
export function renderJob(
  manager: ManagerName,
  answer: ServiceAnswer,
  pid?: number,
): readonly string[] {
  const next = answer.next === undefined ? [] : [`  next: ${answer.next}`];
  if (manager !== "embedded") return [`  its job is ${answer.state}: ${answer.reason}`, ...next];
  const isOther = pid !== undefined && answer.state !== "unknown" && !isIts(answer, pid);
  return [`  nothing holds it: ${isOther ? IN_TERMINAL : answer.reason}`, ...next];
}

/** Of what `iapeer daemon run` runs, which nobody has put into the background. */
const IN_TERMINAL = "it runs as in a terminal, and ends with it if it has one";

const isIts = (answer: ServiceAnswer, pid: number): boolean =>
  "job" in answer && answer.job.pid === pid;
