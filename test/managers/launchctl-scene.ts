// What the tests of the fake launchd share: one fake at a time, and a job for it.

import { afterEach } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePrint } from "../../src/formats/launchctl-print.ts";
import { renderPlist, type PlistDict } from "../../src/formats/plist.ts";
import { until } from "../cli/program.ts";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import type { Settings } from "../fakes/launchctl/state.ts";

export const LABEL = "com.iapeer.test";
export const AT = `gui/501/${LABEL}`;
export const TIMEOUT_MS = 20_000;

let open: FakeLaunchd | null = null;

/** Each test's fake ends with it. */
export const closeAfterEach = (): void =>
  afterEach(async () => {
    await open?.close();
    open = null;
  });

export function launchd(settings: Partial<Settings> = {}): FakeLaunchd {
  open = new FakeLaunchd(settings);
  return open;
}

export function plistIn(fake: FakeLaunchd, keys: PlistDict): string {
  const dir = join(fake.dir, "agents");
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${LABEL}.plist`);
  const dict = { Label: LABEL, ProgramArguments: ["/bin/sleep", "60"], RunAtLoad: true, ...keys };
  writeFileSync(path, renderPlist(dict), { mode: 0o644 });
  return path;
}

export const load = (fake: FakeLaunchd, keys: PlistDict = {}) =>
  fake.run("bootstrap", "gui/501", plistIn(fake, keys));

export const seen = (fake: FakeLaunchd) => parsePrint(fake.run("print", AT).out);

export const running = (fake: FakeLaunchd) =>
  until("the job", () => fake.job("gui/501", LABEL)?.state === "running");

export const gone = (fake: FakeLaunchd) =>
  until("its end", () => fake.job("gui/501", LABEL) === null);

export const script = (text: string): PlistDict => ({ ProgramArguments: ["/bin/sh", "-c", text] });
