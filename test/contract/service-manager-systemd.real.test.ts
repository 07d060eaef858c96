// systemd, over a real user manager where one can be started.

import { test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOSTILE_NAME, managerPlace } from "./manager-place.ts";
import { serviceManagerSuite } from "./service-manager.suite.ts";
import { startUserSystemd } from "./user-systemd.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), HOSTILE_NAME)));
const started = await startUserSystemd(dir);

if (started.ok) {
  const user = started.value;
  serviceManagerSuite({
    name: "systemd",
    open: () => {
      const place = managerPlace("systemd", { dir, env: user.env });
      return Promise.resolve({
        ...place,
        close: async () => {
          await user.close();
          place.remove();
        },
      });
    },
  });
} else {
  console.warn(`skipped systemd on a real user manager: ${started.error}`);
  rmSync(dir, { recursive: true, force: true });
  test.skip("systemd on a real user manager", () => undefined);
}
