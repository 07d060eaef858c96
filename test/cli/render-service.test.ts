// What `daemon status` says of who holds a root, before and after an install.

import { expect, test } from "bun:test";
import { renderHolder } from "../../src/cli/render/service.ts";

const choice = {
  manager: "systemd",
  trace: [{ probe: "systemctl --user", saw: "answers", meant: "systemd it is" }],
} as const;

test("installed: the manager that holds it, and why", () => {
  expect(renderHolder("systemd", choice)).toEqual([
    "service manager: systemd",
    "  systemctl --user: answers; systemd it is",
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
  expect(renderHolder("launchd", choice)).toEqual([
    "service manager: launchd",
    "  launchd is recorded, and not here; iapeer daemon install would choose systemd:",
    "  systemctl --user: answers; systemd it is",
  ]);
});
