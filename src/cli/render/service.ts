// Why a service manager was chosen, and what is known of the daemon's job, for a person.

import type { ManagerChoice, ServiceAnswer } from "../../core/service.ts";

/** The trace of the choice: one line for each thing that was looked at. */
export function renderChoice({ manager, trace }: ManagerChoice): readonly string[] {
  return [
    `service manager: ${manager}`,
    ...trace.map(({ probe, saw, meant }) => `  ${probe}: ${saw}; ${meant}`),
  ];
}

export function renderJob(answer: ServiceAnswer): readonly string[] {
  const next = answer.next === undefined ? [] : [`  next: ${answer.next}`];
  return [`  its job is ${answer.state}: ${answer.reason}`, ...next];
}
