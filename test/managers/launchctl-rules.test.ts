// The fake launchd keeps its rules, each of which names its public source: without that, what is
// shown over it would mean nothing.

import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePrint } from "../../src/formats/launchctl-print.ts";
import { until } from "../cli/program.ts";
import type { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { RULES } from "../fakes/launchctl/rules.ts";
import {
  AT,
  closeAfterEach,
  gone,
  LABEL,
  launchd,
  load,
  plistIn,
  running,
  script,
  seen,
  TIMEOUT_MS,
} from "./launchctl-scene.ts";

closeAfterEach();

const shown = new Set<string>();
/** A rule's test: named after it, with its source. */
const rule = (name: keyof typeof RULES, show: () => Promise<void> | void) => {
  shown.add(name);
  test(`${name} (${RULES[name].source}): ${RULES[name].rule}`, show, TIMEOUT_MS);
};

describe("rules", () => {
  rule("asynchronousBootout", async () => {
    const fake = launchd({ secondMs: 50 });
    load(fake, { ...script("trap '' TERM; exec sleep 1000000"), ExitTimeOut: 10 });
    await running(fake);
    expect(fake.run("bootout", AT).code).toBe(0);
    expect(fake.run("print", AT).code).toBe(0);
    await gone(fake);
    expect(fake.run("print", AT).code).toBe(113);
  });

  rule("killAfterExitTimeOut", async () => {
    const fake = launchd({ secondMs: 20 });
    load(fake, { ...script("trap '' TERM; exec sleep 1000000"), ExitTimeOut: 5 });
    await running(fake);
    const pid = fake.job("gui/501", LABEL)?.pid ?? 0;
    fake.run("bootout", AT);
    await gone(fake);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  rule("bootoutOfNothing", () => {
    const ran = launchd().run("bootout", AT);
    expect(ran).toMatchObject({ code: 3, err: "Boot-out failed: 3: No such process\n" });
  });

  rule("bootoutInProgress", async () => {
    const fake = launchd({ bootoutInProgress: true });
    load(fake);
    const ran = fake.run("bootout", AT);
    const err = "Boot-out failed: 36: Operation now in progress\n";
    expect(ran).toMatchObject({ code: 36, err });
    await gone(fake);
  });

  rule("noWait", () => expect(launchd().run("bootout", "--wait", AT).code).toBe(64));

  rule("bootstrapWhileRegistered", async () => {
    const fake = launchd();
    expect(load(fake).code).toBe(0);
    const err = "Bootstrap failed: 5: Input/output error\n";
    expect(load(fake)).toMatchObject({ code: 5, err });
    await running(fake);
    fake.run("bootout", AT);
    await gone(fake);
    expect(load(fake).code).toBe(0);
  });

  rule("disabledStore", () => {
    const fake = launchd();
    fake.run("disable", AT);
    expect(fake.run("print-disabled", "gui/501").out).toContain(`"${LABEL}" => disabled`);
    const err = "Bootstrap failed: 119: Service is disabled\n";
    expect(load(fake)).toMatchObject({ code: 119, err });
    fake.run("enable", AT);
    expect(load(fake).code).toBe(0);
  });

  rule("noGuiDomain", () => {
    const fake = launchd({ gui: "unsupported" });
    const words = "125: Domain does not support specified action\n";
    expect(load(fake)).toMatchObject({ code: 125, err: `Bootstrap failed: ${words}` });
    const err = `Could not kickstart service "${LABEL}": ${words}`;
    expect(fake.run("kickstart", AT)).toMatchObject({ code: 125, err });
  });

  rule("noSuchDomain", () => {
    const err = "Bad request.\nCould not find domain for user gui: 99999\n";
    expect(launchd().run("print", "gui/99999")).toMatchObject({ code: 112, err });
  });

  rule("noSuchService", () => {
    const err = `Bad request.\nCould not find service "${LABEL}" in domain for user gui: 501\n`;
    expect(launchd().run("print", AT)).toMatchObject({ code: 113, err });
  });

  rule("badTarget", () => {
    const err = "Unrecognized target specifier.\n";
    expect(launchd().run("print", "gui/me")).toMatchObject({ code: 64, err });
  });

  rule("busyKickstart", async () => {
    const fake = launchd({ secondMs: 50 });
    load(fake, { ...script("trap '' TERM; exec sleep 1000000"), ExitTimeOut: 10 });
    await running(fake);
    fake.run("bootout", AT);
    await until("SIGTERMed", () => fake.job("gui/501", LABEL)?.state === "SIGTERMed");
    expect(fake.run("kickstart", AT)).toMatchObject({ code: 37, err: "" });
  });

  rule("badOwnership", () => {
    const fake = launchd();
    const path = plistIn(fake, {});
    chmodSync(path, 0o666);
    expect(fake.run("bootstrap", "gui/501", path).code).toBe(122);
  });

  rule("xpcproxyFirst", async () => {
    const fake = launchd({ proxyMs: 1000 });
    load(fake);
    await until("xpcproxy", () => fake.job("gui/501", LABEL)?.state === "xpcproxy");
    expect(seen(fake)).toMatchObject({ state: "xpcproxy", pid: expect.any(Number) });
    await running(fake);
  });

  rule("throttle", async () => {
    const fake = launchd({ secondMs: 50 });
    load(fake, { ...script("exit 1"), KeepAlive: true, ThrottleInterval: 10 });
    await until("the throttle", () => fake.job("gui/501", LABEL)?.state === "spawn scheduled");
    expect(seen(fake)).toMatchObject({ state: "spawn scheduled", pid: null, lastExitCode: "1" });
    await until("another run", () => (fake.job("gui/501", LABEL)?.runs ?? 0) > 1);
  });

  rule("keepAlive", async () => {
    const fake = launchd({ secondMs: 5 });
    const conditions = { KeepAlive: { SuccessfulExit: false, Crashed: true } };
    load(fake, { ...script("exit 0"), ...conditions });
    await until("its end", () => fake.job("gui/501", LABEL)?.lastExitCode === "0");
    await until("rest", () => fake.job("gui/501", LABEL)?.state === "not running");
    fake.run("bootout", AT);
    await gone(fake);
    load(fake, { ...script("kill -9 $$"), ...conditions });
    await until("another run", () => (fake.job("gui/501", LABEL)?.runs ?? 0) > 1);
  });

  rule("plistReadOnce", async () => {
    const fake = launchd();
    load(fake, script("exec sleep 61"));
    await running(fake);
    const first = fake.job("gui/501", LABEL)?.pid ?? 0;
    plistIn(fake, script("exec sleep 62"));
    expect(fake.run("kickstart", "-k", AT).code).toBe(0);
    await until("another pid", () => {
      const pid = fake.job("gui/501", LABEL)?.pid ?? null;
      return pid !== null && pid !== first;
    });
    const pid = fake.job("gui/501", LABEL)?.pid ?? 0;
    await until("sleep", () => commandOf(pid).startsWith("sleep"));
    expect(commandOf(pid)).toBe("sleep\u000061\u0000");
  });

  rule("signalInPlaceOfCode", async () => {
    const fake = launchd();
    load(fake, script("kill -9 $$"));
    await until("its end", () => fake.job("gui/501", LABEL)?.lastSignal !== null);
    expect(seen(fake)).toMatchObject({ lastExitCode: null, lastSignal: "Killed: 9" });
  });

  rule("processGroup", async () => {
    const fake = launchd();
    const leaves = "sleep 60 & echo $! > $HOME/child; wait";
    for (const abandons of [false, true]) {
      const env = { EnvironmentVariables: { HOME: fake.dir }, AbandonProcessGroup: abandons };
      load(fake, { ...script(`${leaves}`), ...env });
      await running(fake);
      await until("the child", () => childOf(fake) > 0);
      const child = childOf(fake);
      fake.run("bootout", AT);
      await gone(fake);
      await until("what follows", () => abandons || !isAlive(child));
      expect(isAlive(child)).toBe(abandons);
      if (abandons) process.kill(child, "SIGKILL");
      writeFileSync(join(fake.dir, "child"), "");
    }
  });

  rule("unopenedOutput", async () => {
    const fake = launchd();
    load(fake, { StandardOutPath: `${fake.dir}/none/out.log` });
    await until("exit 78", () => fake.job("gui/501", LABEL)?.lastExitCode === "78: EX_CONFIG");
    expect(seen(fake)).toMatchObject({ pid: null, lastExitCode: "78: EX_CONFIG" });
  });

  rule("minimalEnvironment", async () => {
    const fake = launchd();
    const out = join(fake.dir, "env");
    load(fake, { ...script("exec env"), StandardOutPath: out });
    await until("its end", () => fake.job("gui/501", LABEL)?.lastExitCode === "0");
    const env = readFileSync(out, "utf8").split("\n");
    expect(env).toContain("PATH=/usr/bin:/bin:/usr/sbin:/sbin");
    expect(env.filter((line) => line.startsWith("LANG="))).toEqual([]);
  });

  rule("deeperLines", async () => {
    const fake = launchd();
    load(fake);
    await running(fake);
    const { out } = fake.run("print", AT);
    expect(out).toContain("\t\tstate = active\n");
    expect(out).toContain("\t\tpid = 1\n");
    expect(parsePrint(out)).toMatchObject({ state: "running", pid: expect.any(Number) });
    expect(parsePrint(out).pid).not.toBe(1);
  });

  test("every rule is shown", () => {
    expect([...shown].toSorted()).toEqual(Object.keys(RULES).toSorted());
  });
});

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "utf8");

function childOf(fake: FakeLaunchd): number {
  try {
    return Number(readFileSync(join(fake.dir, "child"), "utf8").trim());
  } catch {
    return 0; // It has not been written yet.
  }
}

/** A zombie does not live. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false; // There is no such process.
  }
}
