// What a manager's own program says when it is asked whether it runs: it may be another program,
// which says anything.

import { expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServices, holderOf } from "../../src/managers/choose.ts";
import { probeLaunchctl, probeSystemctl } from "../../src/managers/probe.ts";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { renderManagerRecord } from "../../src/formats/manager-record.ts";
import type { ReadOutcome } from "../../src/ports/files.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
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

/** launchctl and systemctl, as far as their exit codes tell, and whom of them was asked. */
function asking(codes: { readonly gui: number; readonly user: number }) {
  const deps = managerDeps({ home: "/nowhere", root: "/nowhere", uid: 501 });
  const asked: string[] = [];
  const run = ({ argv }: RunSpec): Promise<RunOutcome> => {
    asked.push(argv.slice(0, 2).join(" "));
    const exitCode = argv[2] === "gui/501" ? codes.gui : codes.user;
    const said = { signal: null, stdout: "", stderr: `exit ${exitCode}`, ms: 1 };
    return Promise.resolve({ ...said, exitCode, state: exitCode === 0 ? "ok" : "failed" });
  };
  const names = { launchctl: "/bin/sh", systemctl: "/bin/cat" };
  return { asked, deps: { ...deps, ...names, exec: { ...deps.exec, run } } };
}

test.each([
  [0, 112, "answers"],
  [125, 0, "answers"],
  [112, 125, "no-manager"],
  [112, 1, "unknown"],
  [1, 112, "unknown"],
] as const)("launchctl: gui/501 %p, user/501 %p: %s", async (gui, user, state) => {
  expect(await probeLaunchctl(asking({ gui, user }).deps)).toMatchObject({ state });
});

test.each([
  ["linux", null, null, ["/bin/cat --user"]],
  ["darwin", null, null, ["/bin/sh print", "/bin/sh print"]],
  ["darwin", "systemd", null, ["/bin/sh print", "/bin/sh print", "/bin/cat --user"]],
  ["linux", null, "launchd", ["/bin/sh print", "/bin/sh print", "/bin/cat --user"]],
  ["linux", "embedded", "systemd", ["/bin/cat --user"]],
] as const)("on %s, %p asked for, %p recorded: asked are %j", async (platform, ...how) => {
  const [wanted, recorded, programs] = how;
  const { asked, deps } = asking({ gui: 0, user: 0 });
  const since = "2026-01-01T00:00:00.000Z";
  const read = (path: string): ReadOutcome =>
    path === "/record" && recorded !== null
      ? { state: "ok", text: renderManagerRecord({ manager: recorded, since, trace: [] }) }
      : { state: "missing" };
  const files = { ...deps.files, read };
  const services = createServices({ ...deps, files, platform, record: "/record" });
  expect([services.recorded, holderOf(services).name]).toEqual([recorded, recorded ?? "embedded"]);
  expect(await services.probe(wanted)).toMatchObject({ asked: wanted, recorded, platform });
  expect(asked).toEqual([...programs]);
  const own = services.named(platform === "darwin" ? "launchd" : "systemd");
  expect(services.named("embedded").ownerOf(DAEMON_JOB)).toEqual(own.ownerOf(DAEMON_JOB));
});
