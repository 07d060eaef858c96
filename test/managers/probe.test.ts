// What a manager's own program says when it is asked whether it runs: it may be another program,
// which says anything.

import { expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeSystemctl } from "../../src/managers/probe.ts";
import { managerDeps } from "../contract/manager-place.ts";

async function probed(script: string) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-probe-")));
  const systemctl = join(dir, "systemctl");
  writeFileSync(systemctl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const deps = managerDeps({ home: join(dir, "home"), root: join(dir, "root") });
  try {
    return await probeSystemctl({ ...deps, systemctl });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test("however much it says, one line is told, up to a bound", async () => {
  const noise = await probed('printf "first\\n%s\\n" "$(head -c 90000 /dev/zero | tr "\\0" x)"');
  expect(noise).toEqual({ state: "unknown", detail: `${"x".repeat(200)}…` });
});

test.each([
  ["exit 3", { state: "no-manager", detail: "exit 3" }],
  ["echo one >&2; echo two >&2; exit 1", { state: "no-manager", detail: "two" }],
  ["exit 0", { state: "unknown", detail: "exit 0" }],
  ["echo Version=252", { state: "answers" }],
])("%s", async (script, seen) => {
  expect(await probed(script)).toEqual(seen as never);
});
