// What `daemon status` says of who holds a root, before and after an install.

import { expect, test } from "bun:test";
import type { ChoiceStep, ManagerName, ManagerProbes } from "../../src/core/service.ts";
import { renderHolder, renderJob } from "../../src/cli/render/service.ts";
import { chooseManager } from "../../src/rules/choose-manager.ts";

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
  const left = { probe: "launchd", saw: "not macOS", meant: "no per-user agents here" };
  const [step] = choice.trace;
  const recorded = { probe: "recorded at install", saw: "systemd", meant: "systemd it is" };
  const then = record("systemd", [left, step]);
  const now = { ...choice, trace: [recorded] };
  expect(renderHolder(then, now, true)).toEqual([
    "service manager: systemd",
    "  recorded at install: systemd; systemd it is",
    `  chosen then, ${since}:`,
    "    launchd: not macOS; no per-user agents here",
    "    systemctl --user: answers; systemd it is",
  ]);
  expect(renderHolder(then, now, false)).toEqual([
    "service manager: systemd",
    "  systemctl --user: answers; systemd it is",
  ]);
});

test("nothing installed: what would hold it is not said to hold it", () => {
  const would = "  nothing is installed; iapeer daemon install would choose systemd";
  expect(renderHolder(null, choice, false)).toEqual(["service manager: embedded", would]);
  expect(renderHolder(null, choice, true)).toEqual([
    "service manager: embedded",
    `${would}:`,
    "  systemctl --user: answers; systemd it is",
  ]);
});

const PROBES: ManagerProbes = {
  asked: null,
  recorded: null,
  platform: "linux",
  uid: 1000,
  launchctl: { state: "absent" },
  systemctl: { state: "absent" },
};

test("nothing installed, and nothing there to hold it", () => {
  const left = { probe: "what is left", saw: "no service manager", meant: "embedded it is" };
  expect(chooseManager(PROBES).trace.at(-1)).toEqual(left);
  const embedded = { manager: "embedded", trace: [...choice.trace, left] } as const;
  expect(renderHolder(null, embedded, false)).toEqual([
    "service manager: embedded",
    "  no service manager was found here, so nothing starts the daemon again if it ends",
  ]);
});

test("one that gives no answer is not said not to be there", () => {
  const detail = "no answer within 10000 ms";
  const asked = chooseManager({ ...PROBES, systemctl: { state: "unknown", detail } });
  expect(renderHolder(null, asked, false)).toEqual([
    "service manager: embedded",
    `  systemctl --user: unknown: ${detail}; whether a user manager runs here cannot be told`,
  ]);
});

test("recorded, and not on this host: all that was looked at, asked for or not", () => {
  expect(renderHolder(record("launchd"), choice, false)).toEqual([
    "service manager: launchd",
    "  launchd is recorded, and not here; iapeer daemon install would choose systemd:",
    "  systemctl --user: answers; systemd it is",
  ]);
});

test("in the background nothing holds it, and no job is loaded anywhere", () => {
  const answer = { state: "not-loaded", reason: "it was pid 7, and has ended" } as const;
  const [line] = renderJob("embedded", answer);
  expect(line).toBe("  nothing holds it: it was pid 7, and has ended");
  expect(renderJob("systemd", { ...answer, next: "iapeer daemon start" })).toEqual([
    "  its job is not-loaded: it was pid 7, and has ended",
    "  next: iapeer daemon start",
  ]);
});
