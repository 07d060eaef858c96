// What `daemon status` says of who holds a root, before and after an install.

import { expect, test } from "bun:test";
import type { ChoiceStep, ManagerName } from "../../src/core/service.ts";
import { renderHolder } from "../../src/cli/render/service.ts";

const choice = {
  manager: "systemd",
  trace: [{ probe: "systemctl --user", saw: "answers", meant: "systemd it is" }],
} as const;

const since = "2026-01-01T00:00:00.000Z";
const record = (manager: ManagerName, trace: readonly ChoiceStep[] = []) => ({
  manager,
  since,
  trace,
});

test("installed: the manager that holds it, and why it was chosen then", () => {
  const [step] = choice.trace;
  const recorded = { probe: "recorded at install", saw: "systemd", meant: "systemd it is" };
  expect(renderHolder(record("systemd", [step]), { ...choice, trace: [recorded] })).toEqual([
    "service manager: systemd",
    "  recorded at install: systemd; systemd it is",
    `  chosen then, ${since}:`,
    "    systemctl --user: answers; systemd it is",
  ]);
});

test("nothing installed: what would hold it is not said to hold it", () => {
  expect(renderHolder(null, choice)).toEqual([
    "service manager: embedded",
    "  nothing is installed; iapeer daemon install would choose systemd:",
    "  systemctl --user: answers; systemd it is",
  ]);
});

test("recorded, and not on this host: what would hold it instead", () => {
  expect(renderHolder(record("launchd"), choice)).toEqual([
    "service manager: launchd",
    "  launchd is recorded, and not here; iapeer daemon install would choose systemd:",
    "  systemctl --user: answers; systemd it is",
  ]);
});
