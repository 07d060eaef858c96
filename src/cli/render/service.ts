// Why a service manager was chosen, and what is known of the daemon's job, for a person.

import type { ManagerChoice, ManagerName, ServiceAnswer } from "../../core/service.ts";

/** The trace of the choice: one line for each thing that was looked at. */
export function renderChoice({ manager, trace }: ManagerChoice): readonly string[] {
  return [
    `service manager: ${manager}`,
    ...trace.map(({ probe, saw, meant }) => `  ${probe}: ${saw}; ${meant}`),
  ];
}

/** Who holds the root now; where no install has said so yet, also what one would choose. */
export function renderHolder(
  recorded: ManagerName | null,
  choice: ManagerChoice,
): readonly string[] {
  const holds = recorded ?? "embedded";
  const [first = "", ...trace] = renderChoice(choice);
  if (holds === choice.manager) return [first, ...trace];
  const is = recorded === null ? "nothing is installed" : `${recorded} is recorded, and not here`;
  const would = `  ${is}; iapeer daemon install would choose ${choice.manager}:`;
  return [`service manager: ${holds}`, would, ...trace];
}

export function renderJob(answer: ServiceAnswer): readonly string[] {
  const next = answer.next === undefined ? [] : [`  next: ${answer.next}`];
  return [`  its job is ${answer.state}: ${answer.reason}`, ...next];
}
