// Why a service manager was chosen, and what is known of the daemon's job, for a person.

import type { ManagerChoice, ServiceAnswer } from "../../core/service.ts";
import type { ManagerRecord } from "../../formats/manager-record.ts";

/** The trace of the choice: one line for each thing that was looked at. */
export function renderChoice({ manager, trace }: ManagerChoice): readonly string[] {
  return [
    `service manager: ${manager}`,
    ...trace.map(({ probe, saw, meant }) => `  ${probe}: ${saw}; ${meant}`),
  ];
}

/** Who holds the root now; where no install has said so yet, also what one would choose. */
export function renderHolder(
  record: ManagerRecord | null,
  choice: ManagerChoice,
): readonly string[] {
  const recorded = record?.manager ?? null;
  const holds = recorded ?? "embedded";
  const [first = "", ...trace] = renderChoice(choice);
  if (holds === choice.manager) return [first, ...trace, ...renderWhy(record)];
  const is = recorded === null ? "nothing is installed" : `${recorded} is recorded, and not here`;
  const would = `  ${is}; iapeer daemon install would choose ${choice.manager}:`;
  return [`service manager: ${holds}`, would, ...trace];
}

/** What an install saw when it chose it, as it has written it down. */
function renderWhy(record: ManagerRecord | null): readonly string[] {
  if (record === null || record.trace.length === 0) return [];
  const [, ...trace] = renderChoice(record);
  return [`  chosen then, ${record.since}:`, ...trace.map((line) => `  ${line}`)];
}

export function renderJob(answer: ServiceAnswer): readonly string[] {
  const next = answer.next === undefined ? [] : [`  next: ${answer.next}`];
  return [`  its job is ${answer.state}: ${answer.reason}`, ...next];
}
