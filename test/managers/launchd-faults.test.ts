// launchd at its worst (issue: "What it must withstand"): slow, refusing, hanging, talking
// nonsense. Always in bounded time and with the right state; never "loaded" without a live job
// that answers, and never two of them.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { createLaunchd } from "../../src/managers/launchd/manager.ts";
import type { Proof } from "../../src/ports/service-manager.ts";
import { until } from "../cli/program.ts";
import { inScene, YES, type Scene, type SceneSpec } from "./launchd-scenarios.ts";

const TIMEOUT_MS = 30_000;
const LABEL = "com.iapeer.daemon";

const scene = (name: string, spec: SceneSpec, play: (scene: Scene) => Promise<void>) =>
  test.concurrent(name, () => inScene(createLaunchd, spec, play), TIMEOUT_MS);

const kept = ({ fake }: Scene) =>
  ["gui/501", "user/501"].filter((domain) => fake.job(domain, LABEL) !== null);

describe("install", () => {
  scene("asks in the contract's order, with modern verbs only", {}, async (it) => {
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "loaded" });
    const verbs = it.fake.calls().map((call) => call.split(" ")[0] ?? "");
    const acting = verbs.filter((verb) => !verb.startsWith("print"));
    expect(acting).toEqual(["enable", "bootstrap"]);
    expect(await it.manager.install({ ...it.job(), build: "2" }, YES)).toMatchObject({
      state: "loaded",
    });
    const again = it.fake.calls().map((call) => call.split(" ")[0] ?? "");
    expect(again.filter((verb) => !verb.startsWith("print")).slice(2)).toEqual([
      "enable",
      "bootout",
      "bootstrap",
    ]);
  });

  const refusals = { refuseBootstrap: { times: 11, code: 5 } };
  const eleven = { settings: refusals, limits: { busyMs: 60_000 } };
  scene("bootstrap refuses with 5 eleven times: loaded at the twelfth", eleven, async (it) => {
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "loaded" });
  });

  const always = {
    settings: { refuseBootstrap: { times: 1000, code: 5 } },
    limits: { busyMs: 700 },
  };
  scene("bootstrap refuses with 5 for ever: failed, with 5", always, async (it) => {
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "failed", exitCode: 5, next: expect.any(String) });
  });

  const other = { settings: { refuseBootstrap: { times: 1, code: 134 } } };
  scene("another refusal is not tried again", other, async (it) => {
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "failed", exitCode: 134 });
    const tries = it.fake.calls().filter((call) => call.startsWith("bootstrap"));
    expect(tries).toHaveLength(1);
  });

  scene("a disabled label is enabled first", {}, async (it) => {
    it.fake.disable(LABEL);
    expect(await it.manager.query(DAEMON_JOB)).toMatchObject({ state: "disabled" });
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "loaded" });
  });

  const ssh = { settings: { gui: "unsupported" as const } };
  scene("no GUI domain: in user/<uid>", ssh, async (it) => {
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "loaded", job: { domain: "user/501" } });
  });

  const nowhere = { settings: { gui: "unsupported" as const, user: "absent" as const } };
  scene("no domain at all: unknown, with what to type", nowhere, async (it) => {
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "unknown", next: expect.stringContaining("launchctl") });
  });

  scene("one in user/<uid> from an earlier SSH session is moved: never two", {}, async (it) => {
    it.fake.set({ gui: "absent" });
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "loaded" });
    it.fake.set({ gui: "there" });
    expect(await it.manager.install({ ...it.job(), build: "2" }, YES)).toMatchObject({
      state: "loaded",
      job: { domain: "gui/501" },
    });
    expect(kept(it)).toEqual(["gui/501"]);
  });

  scene("two of it: seen, and one after the next install", {}, async (it) => {
    await it.manager.install(it.job(), YES);
    expect(it.fake.run("bootstrap", "user/501", it.manager.fileOf(DAEMON_JOB) ?? "").code).toBe(0);
    expect(kept(it)).toHaveLength(2);
    const seen = await it.manager.query(DAEMON_JOB);
    expect(seen).toMatchObject({ state: "loaded", job: { alsoIn: [expect.any(String)] } });
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "loaded" });
    expect(kept(it)).toEqual(["gui/501"]);
  });

  scene("root has no agents", {}, async (it) => {
    const { createLaunchd: create } = await import("../../src/managers/launchd/manager.ts");
    const { managerDeps } = await import("../contract/manager-place.ts");
    const place = { home: `${it.dir}/home`, root: `${it.dir}/root`, uid: 0 };
    const root = create(managerDeps({ ...place, launchctl: it.fake.program }));
    const answer = await root.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "unknown", next: expect.stringContaining("sudo") });
    expect(it.fake.calls().some((call) => call.startsWith("bootstrap"))).toBe(false);
  });
});

describe("a job that drains", () => {
  // Fifteen of its seconds, with ExitTimeOut at twenty of them.
  const slow = "trap 'sleep 0.6; exit 0' TERM; while :; do sleep 0.1; done";
  const spec = { settings: { secondMs: 40 } };
  scene("bootout that takes fifteen seconds is waited for", spec, async (it) => {
    await it.manager.install(it.job(slow), YES);
    const begun = performance.now();
    expect(await it.manager.stop(DAEMON_JOB)).toMatchObject({ state: "not-loaded" });
    expect(performance.now() - begun).toBeGreaterThan(500);
    expect(kept(it)).toEqual([]);
  });

  const inProgress = { settings: { bootoutInProgress: true } };
  scene("36, operation in progress, is no failure", inProgress, async (it) => {
    await it.manager.install(it.job(), YES);
    expect(await it.manager.stop(DAEMON_JOB)).toMatchObject({ state: "not-loaded" });
  });

  const stuck = { settings: { secondMs: 1000 }, limits: { exitMs: 300, drainExtraMs: 300 } };
  scene("one that launchd does not let go of is draining", stuck, async (it) => {
    await it.manager.install(it.job("trap '' TERM; exec sleep 1000000"), YES);
    const answer = await it.manager.stop(DAEMON_JOB);
    expect(answer).toMatchObject({ state: "draining", next: expect.any(String) });
    expect(await it.manager.query(DAEMON_JOB)).toMatchObject({ state: "draining" });
    const pid = it.fake.job("gui/501", LABEL)?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await until("its end", () => kept(it).length === 0);
  });
});

describe("restart", () => {
  scene("with nothing changed on disk: kickstart -k, and another pid", {}, async (it) => {
    await it.manager.install(it.job(), YES);
    const before = it.fake.job("gui/501", LABEL)?.pid;
    expect(await it.manager.restart(it.job(), YES)).toMatchObject({ state: "loaded" });
    expect(it.fake.calls().some((call) => call.startsWith("kickstart -k"))).toBe(true);
    expect(it.fake.job("gui/501", LABEL)?.pid).not.toBe(before);
  });

  const busy = { settings: { refuseKickstart: { times: 3, code: 37 } } };
  scene("37 from kickstart is tried again", busy, async (it) => {
    await it.manager.install(it.job(), YES);
    expect(await it.manager.restart(it.job(), YES)).toMatchObject({ state: "loaded" });
  });

  scene("a plist that changed after it was loaded is loaded anew", {}, async (it) => {
    await it.manager.install(it.job(), YES);
    const answer = await it.manager.restart({ ...it.job(), throttleSecs: 11 }, YES);
    expect(answer).toMatchObject({ state: "loaded" });
    expect(it.fake.calls().some((call) => call.startsWith("kickstart"))).toBe(false);
    const text = readFileSync(it.manager.fileOf(DAEMON_JOB) ?? "", "utf8");
    expect(text).toContain("<integer>11</integer>");
  });
});

describe("a launchctl that cannot be relied on", () => {
  const hang = { settings: { hang: ["print"] }, limits: { callMs: 300 } };
  scene("hangs: unknown in bounded time, and nothing is ended or loaded", hang, async (it) => {
    const begun = performance.now();
    expect(await it.manager.query(DAEMON_JOB)).toMatchObject({ state: "unknown" });
    expect(await it.manager.install(it.job(), YES)).toMatchObject({ state: "unknown" });
    expect(await it.manager.stop(DAEMON_JOB)).toMatchObject({ state: "unknown" });
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(it.fake.calls().filter((call) => call.startsWith("boot"))).toEqual([]);
  });

  const stalls = { settings: { hang: ["bootstrap"] }, limits: { callMs: 4000 } };
  scene("hangs at bootstrap: unknown", stalls, async (it) => {
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "unknown", next: expect.any(String) });
  });

  for (const [what, text] of [
    ["garbage", "\u0000\u0007%$#@!\n= = =\n\tpid = -7\n\tstate =\n"],
    ["another language", "\tEstado = en ejecución\n\tidentificador = 77\n"],
    ["nothing", ""],
  ] as const) {
    const spec = { settings: { printsInstead: text }, limits: { proofMs: 600, drainExtraMs: 300 } };
    scene(`prints ${what}: never loaded`, spec, async (it) => {
      const answer = await it.manager.install(it.job(), YES);
      expect(["failed", "unknown", "draining"]).toContain(answer.state);
      expect(answer.next).toBeString();
      const seen = await it.manager.query(DAEMON_JOB);
      expect(seen).toMatchObject({ state: "loaded", job: { pid: null } });
    });
  }

  scene("is not there: unknown", {}, async (it) => {
    const { managerDeps } = await import("../contract/manager-place.ts");
    const place = { home: `${it.dir}/home`, root: `${it.dir}/root`, uid: 501 };
    const without = createLaunchd(managerDeps(place));
    expect(await without.install(it.job(), YES)).toMatchObject({ state: "unknown" });
    expect(existsSync(without.fileOf(DAEMON_JOB) ?? "")).toBe(true);
  });
});

describe("an answer", () => {
  const usurper: Proof = () => Promise.resolve({ state: "answers", pid: process.pid });
  const short = { limits: { proofMs: 500 } };
  scene("of another daemon is no proof of this one", short, async (it) => {
    const answer = await it.manager.install(it.job(), usurper);
    const reason = expect.stringContaining(`pid ${process.pid} answers`);
    expect(answer).toMatchObject({ state: "failed", reason });
  });

  scene("of a job that is loaded from another path is not ours", {}, async (it) => {
    const path = `${it.dir}/elsewhere/${LABEL}.plist`;
    const text = it.manager.render(it.job());
    if (!text.ok) throw new Error(text.error);
    await Bun.write(path, text.value);
    mkdirSync(`${it.dir}/root/logs`);
    expect(it.fake.run("bootstrap", "gui/501", path).code).toBe(0);
    await until("it", () => it.fake.job("gui/501", LABEL)?.state === "running");
    const answer = await it.manager.install(it.job(), YES);
    expect(answer).toMatchObject({ state: "refused-foreign", path });
    expect(it.fake.job("gui/501", LABEL)?.state).toBe("running");
  });
});
