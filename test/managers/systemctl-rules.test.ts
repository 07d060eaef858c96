// What the systemd manager does for what `systemctl --user` says, where no user manager can be
// started: nothing is ended on a guess, nor taken for ended that is not.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { SHORT } from "../contract/manager-place.ts";
import { VERBS } from "./manager-scene.ts";
import { ENDING, FAILED, IDLE, RUNNING, SystemctlScene, UNIT } from "./systemctl-scene.ts";

const RELOADED = ["daemon-reload", `enable ${UNIT}`, `reset-failed ${UNIT}`, `restart ${UNIT}`];

describe.each(VERBS)("%s", (verb) => {
  test("a unit of our name from another file is not ours to touch", async () => {
    using scene = new SystemctlScene().written();
    const path = "/etc/systemd/user/iapeer-daemon.service";
    scene.shown = { ...RUNNING, FragmentPath: path };
    const reason = expect.stringContaining(path);
    expect(await scene.ask(verb)).toMatchObject({ state: "refused-foreign", path, reason });
    expect(scene.asked).toEqual([]);
    expect(existsSync(scene.path)).toBe(true);
  });

  test("nor is a file that is not ours", async () => {
    using scene = new SystemctlScene().written();
    writeFileSync(scene.path, "[Service]\nExecStart=/bin/true\n");
    scene.shown = RUNNING;
    expect(await scene.ask(verb)).toMatchObject({ state: "refused-foreign", path: scene.path });
    expect(scene.asked).toEqual([]);
    expect(existsSync(scene.path)).toBe(true);
  });

  test("where it says nothing of the unit, nothing is done", async () => {
    using scene = new SystemctlScene().written();
    scene.shown = {};
    expect(await scene.ask(verb)).toMatchObject({ state: "unknown" });
    expect(scene.asked).toEqual([]);
    expect(existsSync(scene.path)).toBe(true);
  });
});

test.each(["install", "start", "restart"] as const)("%s: a masked unit stays so", async (verb) => {
  using scene = new SystemctlScene();
  scene.shown = { LoadState: "masked", ActiveState: "inactive", FragmentPath: "" };
  expect(await scene.ask(verb)).toMatchObject({ state: "disabled" });
  expect(scene.asked).toEqual([]);
  expect(existsSync(scene.path)).toBe(false);
});

describe("install", () => {
  test("loaded by every step in turn; again: left alone while it answers itself", async () => {
    using scene = new SystemctlScene();
    scene.answers = 42;
    const first = await scene.ask("install");
    expect(first).toMatchObject({ state: "loaded", job: { pid: 42 } });
    expect(scene.asked).toEqual(RELOADED);
    scene.asked.length = 0;
    expect(await scene.ask("install")).toMatchObject({ state: "already-loaded" });
    expect(scene.asked).toEqual([]);
    scene.answers = 43;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded", job: { pid: 43 } });
    expect(scene.asked).toEqual(RELOADED);
  });

  test.each(["text", "note", "process"] as const)("anew without its %s", async (what) => {
    using scene = await new SystemctlScene().installed();
    if (what === "text") writeFileSync(scene.path, `${readFileSync(scene.path, "utf8")}\n`);
    if (what === "note") rmSync(scene.note);
    if (what === "process") scene.shown = IDLE;
    scene.answers = 0;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(RELOADED);
  });

  const steps = ["daemon-reload", "enable", "restart"];
  test.each(steps)("%s refused: told, and the whole of it done at the next", async (step) => {
    using scene = new SystemctlScene();
    scene.codes.set(step, 4);
    const stderr = `no ${step} today`;
    expect(await scene.ask("install")).toMatchObject({ state: "failed", exitCode: 4, stderr });
    expect(scene.asked.at(-1)).toStartWith(step);
    scene.codes.clear();
    scene.asked.length = 0;
    scene.answers = 42;
    await scene.ask("install");
    expect(scene.asked).toEqual(RELOADED);
  });

  test("without its file nothing is asked of systemd", async () => {
    using scene = new SystemctlScene();
    mkdirSync(dirname(dirname(scene.path)), { recursive: true });
    writeFileSync(dirname(scene.path), "in the way");
    const reason = expect.stringContaining(scene.path);
    expect(await scene.ask("install")).toMatchObject({ state: "failed", reason });
    expect(scene.asked).toEqual([]);
  });

  test("nothing to reset is no failure; no answer in time is not known", async () => {
    using scene = new SystemctlScene();
    scene.codes.set("reset-failed", 1);
    scene.answers = 42;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded" });
    scene.codes.set("restart", null);
    expect(await scene.ask("restart")).toMatchObject({ state: "unknown" });
  });

  test("the process of before is no proof", async () => {
    using scene = await new SystemctlScene().installed();
    scene.turns.set("restart", { ...RUNNING, MainPID: "42" });
    expect(await scene.ask("restart")).toMatchObject({ state: "failed" });
  });
});

describe("start", () => {
  test("one that runs is only asked; that it does not answer is told, and no more", async () => {
    using scene = await new SystemctlScene().installed();
    expect(await scene.ask("start")).toMatchObject({ state: "already-loaded" });
    scene.answers = null;
    expect(await scene.ask("start")).toMatchObject({ state: "failed" });
    expect(scene.asked).toEqual([]);
  });

  test("one that has ended is started, also after it has failed for good", async () => {
    using scene = await new SystemctlScene().installed();
    scene.shown = FAILED;
    scene.answers = 43;
    expect(await scene.ask("start")).toMatchObject({ state: "loaded", job: { pid: 43 } });
    expect(scene.asked).toEqual([`reset-failed ${UNIT}`, `start ${UNIT}`]);
  });

  test("one whose file is another by now is loaded anew", async () => {
    using scene = await new SystemctlScene().installed();
    rmSync(scene.note);
    scene.answers = 0;
    expect(await scene.ask("start")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(RELOADED);
  });

  test("refused: told with what systemd said", async () => {
    using scene = await new SystemctlScene().installed();
    scene.shown = IDLE;
    scene.codes.set("start", 1);
    const stderr = "no start today";
    expect(await scene.ask("start")).toMatchObject({ state: "failed", exitCode: 1, stderr });
  });
});

describe.each(["stop", "remove"] as const)("%s", (verb) => {
  test("one that does not end in time is still ending, and its file stays", async () => {
    using scene = await new SystemctlScene().installed();
    scene.turns.set("stop", ENDING);
    expect(await scene.ask(verb)).toMatchObject({ state: "draining" });
    expect(scene.asked).toEqual([`stop ${UNIT}`]);
    expect(existsSync(scene.path)).toBe(true);
  });

  test("one that goes on is not ended, whatever stop said", async () => {
    using scene = await new SystemctlScene().installed();
    scene.turns.set("stop", RUNNING);
    expect(await scene.ask(verb)).toMatchObject({ state: "loaded" });
    expect(existsSync(scene.path)).toBe(true);
  });

  test("of one that systemd does not know nothing is ended", async () => {
    using scene = new SystemctlScene();
    expect(await scene.ask(verb)).toMatchObject({ state: "not-loaded" });
    expect(scene.asked).not.toContain(`stop ${UNIT}`);
  });

  test("one that takes its time is waited for, and systemctl with it", async () => {
    using scene = await new SystemctlScene().installed();
    scene.turns.set("stop", ENDING);
    scene.endsMs = 2000;
    expect(await scene.ask(verb)).toMatchObject({ state: "not-loaded" });
    expect(scene.waitedMs).toBeGreaterThanOrEqual(2000);
    expect(scene.givenMs).toBe(SHORT.callMs + SHORT.exitMs + SHORT.drainExtraMs);
  });

  test("that it cannot be told any more is no end", async () => {
    using scene = await new SystemctlScene().installed();
    scene.turns.set("stop", {});
    expect(await scene.ask(verb)).toMatchObject({ state: "unknown" });
    expect(existsSync(scene.path)).toBe(true);
  });

  test.each([
    [5, "failed", "systemd refused it: systemctl --user stop: exit 5: no stop today"],
    [null, "unknown", "systemctl --user stop did not answer within 1 ms"],
  ] as const)("stop ends with %p: %s, and its file stays", async (code, state, reason) => {
    using scene = await new SystemctlScene().installed();
    scene.codes.set("stop", code);
    expect(await scene.ask(verb)).toMatchObject({ state, reason });
    expect(existsSync(scene.path)).toBe(true);
  });
});

test("remove: ended, switched off and forgotten, in this order", async () => {
  using scene = await new SystemctlScene().installed();
  expect(await scene.ask("remove")).toMatchObject({ state: "not-loaded" });
  const then = ["stop", "disable"].map((step) => `${step} ${UNIT}`);
  expect(scene.asked).toEqual([...then, "daemon-reload", `reset-failed ${UNIT}`]);
  expect([scene.path, scene.note].filter((path) => existsSync(path))).toEqual([]);
});

test("remove: what cannot be switched off would start at the next login: it stays", async () => {
  using scene = await new SystemctlScene().installed();
  scene.codes.set("disable", 1);
  expect(await scene.ask("remove")).toMatchObject({ state: "failed" });
  expect(existsSync(scene.path)).toBe(true);
});

test("remove: a file that cannot be deleted is told of", async () => {
  using scene = await new SystemctlScene().installed();
  scene.isDenied = true;
  const reason = expect.stringContaining(`${scene.path} cannot be deleted`);
  expect(await scene.ask("remove")).toMatchObject({ state: "failed", reason });
});

test("one whose file somebody has taken away is ended all the same", async () => {
  using scene = await new SystemctlScene().installed();
  rmSync(scene.path);
  expect(await scene.ask("remove")).toMatchObject({ state: "not-loaded" });
  expect(scene.asked).toEqual([`stop ${UNIT}`, "daemon-reload", `reset-failed ${UNIT}`]);
});

const ONCE = { Result: "exit-code", ExecMainStatus: "3" };
const DOWN = "without a process, state";

test.each([
  [{ ...RUNNING, NRestarts: "2" }, "loaded", "runs as pid 41, state active, run 3 times"],
  [{ ...RUNNING, SubState: "up", ...ONCE }, "loaded", "runs as pid 41, state active (up)"],
  [IDLE, "not-loaded", `${DOWN} inactive`],
  [{ ...IDLE, ExecMainStatus: "0" }, "not-loaded", `${DOWN} inactive, last exit 0`],
  [{ ...FAILED, ...ONCE }, "loaded", `${DOWN} failed, last exit 3 (exit-code)`],
  [
    { ...FAILED, ...ONCE, Result: "start-limit-hit" },
    "loaded",
    `${DOWN} failed, last exit 3 (start-limit-hit), held back by systemd's start limit`,
  ],
  [ENDING, "draining", `${DOWN} deactivating`],
] as const)("%j: %s", async (shown, state, reason) => {
  using scene = new SystemctlScene();
  scene.shown = shown;
  expect(await scene.manager.query(DAEMON_JOB)).toMatchObject({ state, reason });
});
