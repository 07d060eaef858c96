// What the launchd manager does for what `launchctl` says: nothing is ended on a guess, nor what
// came from another file, and what is as it should be is left alone.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { SHORT } from "../contract/manager-place.ts";
import { must } from "../flows/root-host.ts";
import { GUI, LABEL, LaunchctlScene, USER } from "./launchctl-answers.ts";
import { VERBS } from "./manager-scene.ts";

const AT = `${GUI}/${LABEL}`;

/** The whole way: from nothing, or from where it is loaded. */
const loading = ({ path }: LaunchctlScene, from: readonly string[] = []) => [
  `enable ${AT}`,
  ...from.map((domain) => `bootout ${domain}/${LABEL}`),
  `bootstrap ${GUI} ${path}`,
];
const reloading = (scene: LaunchctlScene) => loading(scene, [GUI]);

describe.each(VERBS)("%s", (verb) => {
  test.each([GUI, USER])("where %s says nothing of use, nothing is done", async (domain) => {
    using scene = new LaunchctlScene().written();
    scene.jobs.set(domain, "mute");
    expect(await scene.ask(verb)).toMatchObject({ state: "unknown" });
    expect([scene.asked, scene.waitedMs]).toEqual([[], 0]);
    expect(existsSync(scene.path)).toBe(true);
  });

  test("a job of our label from another file is not ours to touch", async () => {
    using scene = new LaunchctlScene().written();
    const path = "/Library/LaunchAgents/com.iapeer.daemon.plist";
    scene.jobs.set(USER, { pid: 41, path });
    expect(await scene.ask(verb)).toMatchObject({ state: "refused-foreign", path });
    expect(scene.asked).toEqual([]);
    expect(existsSync(scene.path)).toBe(true);
  });
});

test.each(VERBS)("%s: a file that is not ours is left alone", async (verb) => {
  using scene = new LaunchctlScene().written();
  writeFileSync(scene.path, "<plist><dict/></plist>");
  scene.jobs.set(GUI, { pid: 41 });
  expect(await scene.ask(verb)).toMatchObject({ state: "refused-foreign", path: scene.path });
  expect(scene.asked).toEqual([]);
  expect(existsSync(scene.path)).toBe(true);
});

describe("install", () => {
  test("the whole way; again: left alone while it answers itself", async () => {
    using scene = new LaunchctlScene();
    scene.answers = 42;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded", job: { pid: 42 } });
    expect(scene.asked).toEqual(loading(scene));
    scene.asked.length = 0;
    expect(await scene.ask("install")).toMatchObject({ state: "already-loaded" });
    expect(scene.asked).toEqual([]);
    scene.answers = 43;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded", job: { pid: 43 } });
    expect(scene.asked).toEqual(reloading(scene));
  });

  test.each(["text", "note", "process"] as const)("anew without its %s", async (what) => {
    using scene = await new LaunchctlScene().installed();
    if (what === "text") writeFileSync(scene.path, `${readFileSync(scene.path, "utf8")}\n`);
    if (what === "note") rmSync(scene.note);
    if (what === "process") scene.jobs.set(GUI, {});
    scene.answers = 0;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(reloading(scene));
    expect(readFileSync(scene.path, "utf8")).toBe(must(scene.manager.render(scene.job)));
  });

  test("no other is loaded beside one that launchd does not let go of", async () => {
    using scene = await new LaunchctlScene().installed();
    rmSync(scene.note);
    scene.isStuck = true;
    expect(await scene.ask("install")).toMatchObject({ state: "draining" });
    expect(scene.asked).toEqual([`enable ${AT}`, `bootout ${AT}`]);
  });

  test("anew where somebody has booted it out", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.jobs.clear();
    scene.answers = 0;
    expect(await scene.ask("install")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(loading(scene));
  });

  test.each(["install", "restart"] as const)("%s: there may be two, both go", async (verb) => {
    using scene = await new LaunchctlScene().installed();
    scene.jobs.set(USER, { pid: 7 });
    scene.answers = 0;
    expect(await scene.ask(verb)).toMatchObject({ state: "loaded", job: { alsoIn: [] } });
    expect(scene.asked).toEqual(loading(scene, [GUI, USER]));
  });

  test.each([
    [5, "failed", 10_000],
    [37, "failed", 10_000],
    [125, "failed", 0],
    [119, "disabled", 0],
    [null, "unknown", 0],
  ] as const)("bootstrap ends with %p: %s, within its bound", async (code, state, busyMs) => {
    using scene = new LaunchctlScene();
    scene.codes.set("bootstrap", code);
    expect(await scene.ask("install")).toMatchObject({ state });
    expect(scene.waitedMs).toBeLessThanOrEqual(busyMs);
    expect(scene.asked.length > loading(scene).length).toBe(busyMs > 0);
    expect(existsSync(scene.note)).toBe(false);
  });
});

describe("start", () => {
  test("one that runs is only asked", async () => {
    using scene = await new LaunchctlScene().installed();
    expect(await scene.ask("start")).toMatchObject({ state: "already-loaded" });
    scene.answers = null;
    expect(await scene.ask("start")).toMatchObject({ state: "failed" });
    expect(scene.asked).toEqual([]);
  });

  test("one that has ended is started, and none is killed for it", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.jobs.set(GUI, { state: "not running" });
    scene.answers = 43;
    expect(await scene.ask("start")).toMatchObject({ state: "loaded", job: { pid: 43 } });
    expect(scene.asked).toEqual([`kickstart ${AT}`]);
  });

  test("one whose file is another by now is loaded anew", async () => {
    using scene = await new LaunchctlScene().installed();
    rmSync(scene.note);
    scene.answers = 0;
    expect(await scene.ask("start")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(reloading(scene));
  });
});

describe("restart", () => {
  test("in place of the process that runs, which is no proof", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.answers = 43;
    expect(await scene.ask("restart")).toMatchObject({ state: "loaded", job: { pid: 43 } });
    expect(scene.asked).toEqual([`kickstart -k ${AT}`]);
    scene.answers = 0;
    scene.codes.set("kickstart", 125);
    expect(await scene.ask("restart")).toMatchObject({ state: "failed", exitCode: 125 });
  });

  test("a busy launchd is asked again, within its bound", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.codes.set("kickstart", 37);
    expect(await scene.ask("restart")).toMatchObject({ state: "failed", exitCode: 37 });
    expect(scene.asked.length).toBeGreaterThan(3);
    expect(scene.waitedMs).toBeLessThanOrEqual(10_000);
  });

  test("the process of before is no proof", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.isStuck = true;
    expect(await scene.ask("restart")).toMatchObject({ state: "failed" });
  });

  test("another text is on disk before it is loaded", async () => {
    using scene = await new LaunchctlScene().installed();
    writeFileSync(scene.path, `${readFileSync(scene.path, "utf8")}\n`);
    scene.answers = 0;
    expect(await scene.ask("restart")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(reloading(scene));
    expect(readFileSync(scene.path, "utf8")).toBe(must(scene.manager.render(scene.job)));
  });

  test("where it is not loaded: the whole way", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.jobs.clear();
    scene.answers = 0;
    expect(await scene.ask("restart")).toMatchObject({ state: "loaded" });
    expect(scene.asked).toEqual(loading(scene));
  });
});

describe.each(["stop", "remove"] as const)("%s", (verb) => {
  test("out of both domains", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.jobs.set(USER, { pid: 7 });
    expect(await scene.ask(verb)).toMatchObject({ state: "not-loaded" });
    expect(scene.asked).toEqual([`bootout ${AT}`, `bootout ${USER}/${LABEL}`]);
    expect(existsSync(scene.note)).toBe(false);
    expect(existsSync(scene.path)).toBe(verb === "stop");
  });

  test("what launchd does not let go of is still there, and its file stays", async () => {
    using scene = await new LaunchctlScene().installed();
    scene.isStuck = true;
    expect(await scene.ask(verb)).toMatchObject({ state: "draining", job: { pid: 42 } });
    expect(scene.waitedMs).toBeGreaterThanOrEqual(SHORT.exitMs + SHORT.drainExtraMs);
    expect(scene.waitedMs).toBeLessThan(5000);
    expect(existsSync(scene.path)).toBe(true);
  });
});

test("remove: a file that cannot be deleted is told of", async () => {
  using scene = await new LaunchctlScene().installed();
  scene.isDenied = true;
  const reason = expect.stringContaining(`${scene.path} cannot be deleted`);
  expect(await scene.ask("remove")).toMatchObject({ state: "failed", reason });
});

const ENDED = { state: "not running", runs: 3, "last exit code": "1" };

test.each([
  [{ pid: 41 }, "loaded", "runs as pid 41, in gui/501, state running"],
  [{ pid: 41, state: "SIGTERMed" }, "draining", "runs as pid 41, in gui/501, state SIGTERMed"],
  [
    ENDED,
    "loaded",
    "loaded, without a process, in gui/501, state not running, run 3 times, last exit 1",
  ],
] as const)("%j: %s", async (printed, state, reason) => {
  using scene = new LaunchctlScene();
  scene.jobs.set(GUI, printed);
  expect(await scene.manager.query(DAEMON_JOB)).toMatchObject({ state, reason });
});

test("of two, the one that lives is told of first", async () => {
  using scene = new LaunchctlScene();
  scene.jobs.set(GUI, {});
  scene.jobs.set(USER, { pid: 7 });
  const job = { pid: 7, domain: USER, alsoIn: [GUI] };
  expect(await scene.manager.query(DAEMON_JOB)).toMatchObject({ state: "loaded", job });
});

test.each([
  ["disabled", "disabled"],
  ["enabled", "not-loaded"],
] as const)("not loaded, and switched %s: %s", async (word, state) => {
  using scene = new LaunchctlScene();
  scene.switched = `\t"${LABEL}" => ${word}\n`;
  expect(await scene.manager.query(DAEMON_JOB)).toMatchObject({ state });
});
