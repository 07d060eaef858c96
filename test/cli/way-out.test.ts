// A manager that this host does not have: refused before anything is written, and left again by the
// verbs for it when an earlier version has recorded it.

import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DAEMON_JOB, labelOf, unitOf } from "../../src/core/service.ts";
import { daemonJob } from "../../src/core/service-job.ts";
import { renderAgent } from "../../src/formats/launch-agent.ts";
import { renderManagerRecord } from "../../src/formats/manager-record.ts";
import { renderUnit } from "../../src/formats/systemd-unit.ts";
import { must } from "../flows/root-host.ts";
import { PLACE } from "../formats/job-samples.ts";
import { Program } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const record = join(program.root, "state/iapeer/manager.json");
const plist = join(program.home, "Library/LaunchAgents", `${labelOf(DAEMON_JOB)}.plist`);
afterAll(async () => {
  await program.run(["daemon", "stop"]);
  await program.close();
}, SLOW_MS);

const show = test.skipIf(process.platform === "darwin");
if (process.platform === "darwin") console.warn("skipped: launchd is this host's own manager");

function lock(): void {
  for (const path of [record, plist]) mkdirSync(dirname(path), { recursive: true });
  const since = "2026-01-01T00:00:00.000Z";
  writeFileSync(record, renderManagerRecord({ manager: "launchd", since, trace: [] }));
  const text = must(renderAgent(daemonJob({ ...PLACE, root: program.root })));
  writeFileSync(plist, text, { mode: 0o644 });
}

test.skipIf(process.platform === "darwin")(
  "another root's daemon does not keep doctor from saying that this root has none",
  async () => {
    const unit = join(program.home, ".config/systemd/user", unitOf(DAEMON_JOB));
    mkdirSync(dirname(unit), { recursive: true });
    writeFileSync(unit, must(renderUnit(daemonJob({ ...PLACE, root: "/another/root" }))));
    const { code, out } = await program.run(["doctor"]);
    rmSync(unit);
    expect(out).toContain("it belongs to the root /another/root");
    expect(out).toContain("not running, so nobody supervises");
    expect(code).toBe(1);
  },
  SLOW_MS,
);

show(
  "refused, with what is here, and nothing is written; for a preview too",
  async () => {
    for (const more of [[], ["--preview"]]) {
      const ran = await program.run(["daemon", "install", "--manager", "launchd", ...more]);
      expect(ran).toMatchObject({ code: 2, out: "" });
      expect(ran.err).toContain("launchd is macOS's; here: ");
      expect(ran.err).toContain("embedded");
    }
    expect([record, plist].filter((path) => existsSync(path))).toEqual([]);
  },
  SLOW_MS,
);

show(
  "recorded all the same: status and doctor name the way out, and start does",
  async () => {
    lock();
    const way = "iapeer daemon install --manager embedded, or iapeer daemon uninstall";
    for (const words of [["daemon", "status"], ["doctor"], ["daemon", "start"]]) {
      const { code, out, err } = await program.run(words);
      expect(code).toBe(1);
      expect(`${out}${err}`).toContain(way);
    }
  },
  SLOW_MS,
);

show(
  "recorded all the same: each way out leads out",
  async () => {
    lock();
    expect(await program.run(["daemon", "uninstall", "--yes"])).toMatchObject({ code: 0 });
    expect([record, plist].filter((path) => existsSync(path))).toEqual([]);
    lock();
    const install = ["daemon", "install", "--manager", "embedded"];
    expect(await program.run(install)).toMatchObject({ code: 0 });
    expect(existsSync(plist)).toBe(false);
    expect(await program.run(["daemon", "restart"])).toMatchObject({ code: 0 });
    expect(await program.run(["daemon", "stop"])).toMatchObject({ code: 0 });
  },
  SLOW_MS,
);
