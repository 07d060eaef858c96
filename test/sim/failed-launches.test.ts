// Launches that come to nothing: settled at once, backed off from and told of, and no deaths of a
// peer that never lived (lifecycle §4).

import { describe, expect, test } from "bun:test";
import type { LogEvent } from "../../src/core/log-event.ts";
import type { Personality } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { GENERATIONS_KEPT } from "../../src/daemon/housekeeping.ts";
import { renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const HELD: Partial<RegistryEntry> = { always_on: true };

/** How long after its predecessor each launch of it failed, in whole seconds. */
function pauses(scene: Scene, name: string): readonly number[] {
  const times = scene.ends(name).map((end) => Date.parse(end?.ts ?? ""));
  return times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1000));
}

test("a failed restart is settled at once, and the next one backs off", async () => {
  const scene = await Scene.of({ peers: { bell: HELD }, noProgram: true });
  await scene.pass(5000);
  expect(pauses(scene, "bell").slice(0, 2)).toEqual([1, 2]);
  expect(scene.doc("bell").restart.attempts).toBeGreaterThan(2);
});

test("a launch that took long to fail was no life in health", async () => {
  const scene = await Scene.of({ peers: { bell: HELD } });
  scene.kill(scene.server("bell").process);
  scene.world.faults.launchDelayMs = 30_000;
  await scene.pass(25_000);
  const deaths = scene
    .events("supervise")
    .filter(({ fields }) => fields["action"] === "reaped-gone")
    .map(({ fields }) => Number(fields["health_ms"]));
  expect(deaths).toHaveLength(2);
  expect(deaths[1]).toBe(0);
});

const isStarting = (fields: LogEvent["fields"]): boolean => fields["action"] === "starting";

describe("a program that is not there", () => {
  const MISSING = "plain is not in the PATH of the session";

  test("kills nobody: its peer backs off for as long as it takes, and comes up", async () => {
    const scene = await Scene.of({ peers: { bell: HELD }, noProgram: true });
    await scene.pass(60_000);
    expect(pauses(scene, "bell")).toEqual([1, 2, 4, 8, 16]);
    expect(scene.doc("bell").deaths).toEqual([]);
    const told = scene.events("supervise").map(({ fields }) => fields["action"]);
    expect(told.slice(0, 4)).toEqual(["starting", "launch-failed", "starting", "launch-failed"]);
    scene.world.faults.noProgram = false;
    await scene.pass(33_000);
    expect(scene.server("bell").process.state).toBe("running");
    expect(scene.events("incident")).toEqual([]);
    // Each is followed by what came of it.
    const said = scene.log.filter(({ ev, fields }) => ev === "wake" || isStarting(fields));
    const pairs = said.map(({ ev, fields }) => (ev === "wake" ? fields["mode"] : "starting"));
    expect(pairs.slice(-4)).toEqual(["starting", "failed", "starting", "fresh"]);
  });

  test("is what why says, with every try", async () => {
    const scene = await Scene.of({ peers: { bell: HELD }, noProgram: true });
    await scene.pass(10_000);
    const [presence] = scene.supervisor.why("bell" as Personality).presences;
    expect(presence?.state).toBe("asleep");
    expect(presence?.because).toStartWith(`It could not be started: ${MISSING}. `);
    expect(presence?.next).toMatch(
      /^Install it, or correct .*; it is tried again in \d+ s, or at once by iapeer wake bell\.$/,
    );
    const remedy = expect.stringContaining("install it, or correct the command in ");
    expect(await scene.ask("bell", "wake")).toMatchObject({ result: "failed", next: remedy });
    const [row] = scene.supervisor.snapshot().peers[0]?.runtimes ?? [];
    expect(row?.not_started).toBe(MISSING);
    const tries = presence?.decisions.filter(({ action }) => action === "wake-failed") ?? [];
    expect(tries.map(({ detail }) => detail)).toEqual(Array.from({ length: 4 }, () => MISSING));
  });

  test("is no trouble of a peer that is stopped, or is up again", async () => {
    const scene = await Scene.of({ peers: { bell: HELD, cat: HELD }, noProgram: true });
    const rows = () =>
      scene.supervisor.snapshot().peers.flatMap(({ runtimes }) =>
        runtimes.map(({ state, not_started }) => [state, not_started]),
      );
    await scene.pass(5000);
    expect(rows()).toEqual([["asleep", MISSING], ["asleep", MISSING]]);
    expect(await scene.ask("bell", "stop")).toMatchObject({ result: "done" });
    scene.world.faults.noProgram = false;
    await scene.pass(40_000);
    expect(rows()).toEqual([["stopped", undefined], ["alive", undefined]]);
  });

  test("refuses each message with what to do, and never as a crash loop", async () => {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } }, noProgram: true });
    const missing = MISSING.replace("plain", "agent");
    for (let message = 0; message < 4; message += 1) {
      expect(await scene.ask("ann", "wake", { message: "hello" })).toMatchObject({
        result: "failed",
        cause: "launch-failed",
        detail: `${missing}: /usr/bin:/bin`,
        next:
          "install it, or give IAPEER_PROGRAM=/its/path in " +
          "/home/iapeer/peers/ann/.iapeer/runtimes/claude/launch.env",
      });
    }
    expect(scene.doc("ann").deaths).toEqual([]);
  });

  test("of a declared command says where it is declared", async () => {
    const scene = await Scene.of({ peers: { bob: {} }, noProgram: true });
    expect(await scene.ask("bob", "wake")).toMatchObject({
      next:
        "install it, or correct the command in /home/iapeer/peers/bob/.iapeer/peer-profile.json, " +
        "then iapeer verify --fix",
    });
  });

  test("leaves parked what a launch was to go on from, and only that", async () => {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
    const wake = (topic: string) => scene.ask("ann", "wake", { message: "hello", topic });
    const parkAndFail = async (topic: string) => {
      await scene.pass(20_000);
      await scene.pass(scene.world.config.idleMs + scene.world.config.tickMs);
      expect(scene.doc("ann").parked).toBe(true);
      scene.world.faults.noProgram = true;
      expect(await wake(topic)).toMatchObject({ result: "failed", cause: "launch-failed" });
      scene.world.faults.noProgram = false;
    };
    await wake("bread");
    await parkAndFail("bread");
    const again = { result: "woke", mode: "resume", cause: "parked-same-topic" };
    expect(await wake("bread")).toMatchObject(again);
    await parkAndFail("cheese");
    expect(await wake("cheese")).toMatchObject({ result: "woke", mode: "fresh" });
  });

  test("leaves no more behind than lives do, however often it is asked for", async () => {
    const scene = await Scene.of({ peers: { ann: {} }, noProgram: true });
    for (let message = 0; message < GENERATIONS_KEPT + 50; message += 1) {
      scene.begin("ann", "wake");
      await scene.pass(10);
    }
    expect(scene.ends("ann").length).toBeGreaterThan(GENERATIONS_KEPT / 2);
    expect(scene.ends("ann").length).toBeLessThan(GENERATIONS_KEPT + 5);
  });

  test("is no death of those whom no daemon watched", async () => {
    const NAMES = ["ann", "ben"];
    const scene = await Scene.of({ peers: { ann: {}, ben: {} }, noProgram: true });
    for (const name of NAMES) scene.begin(name, "wake");
    await scene.pass(100);
    const docs = NAMES.map((name) => ({ ...scene.doc(name), settled: null }));
    scene.killDaemon();
    // As if it had been killed before it could account for them.
    for (const doc of docs) {
      const path = scene.world.layout.identityDoc(doc.identity);
      scene.world.files.writeAtomic(path, renderIdentityDoc(doc));
    }
    await scene.restart();
    await scene.pass(3000);
    expect(scene.events("incident")).toEqual([]);
    expect(scene.doc("ben")).toMatchObject({ deaths: [], settled: scene.doc("ben").generation });
  });
});

describe("a start of a peer that always-on would launch as well", () => {
  const wakes = (scene: Scene) => scene.events("wake");

  /** As `create` does: the daemon hears of it by the verb. */
  async function created(noProgram: boolean): Promise<Scene> {
    const scene = await Scene.of({ peers: { bell: {} }, noProgram });
    const { files, layout } = scene.world;
    const read = files.read(layout.registry);
    const text = read.state === "ok" ? read.text : "";
    files.writeAtomic(layout.registry, text.replace(/("always_on": ?)false/, "$1true"));
    return scene;
  }

  test("is one launch, and one failure", async () => {
    const scene = await created(true);
    const asked = scene.begin("bell", "start");
    await scene.pass(200);
    expect(asked.answer).toMatchObject({ result: "failed", cause: "launch-failed" });
    expect(scene.ends("bell")).toHaveLength(1);
    expect(wakes(scene)).toMatchObject([{ fields: { mode: "failed", trigger: "start" } }]);
  });

  test("is one life when it ends at once", async () => {
    const scene = await created(false);
    scene.world.tmux.onBoot = ({ pane }) => void scene.world.time.schedule(1, () => {
      if (pane.dead === null) scene.kill(pane.process);
    });
    const asked = scene.begin("bell", "start");
    await scene.pass(400);
    expect(asked.answer).toMatchObject({ result: "failed", cause: "ended-at-launch" });
    expect(scene.ends("bell")).toHaveLength(1);
    expect(scene.doc("bell").deaths).toHaveLength(1);
  });

  test("is one life too when nothing of it is left by the time its launcher looks", async () => {
    const scene = await created(false);
    const { tmux } = scene.manned.host;
    const begin = tmux.newSession.bind(tmux);
    tmux.newSession = async (spec) => {
      const outcome = await begin(spec);
      const { process, pane } = scene.server("bell");
      scene.world.table.exit(pane.process, { code: 7 });
      await scene.manned.host.clock.sleep(50);
      scene.kill(process);
      return outcome;
    };
    const asked = scene.begin("bell", "start", { message: "hello" });
    await scene.pass(500);
    expect(asked.answer).toMatchObject({
      result: "failed",
      cause: "ended-at-launch",
      detail: "it ended before it was ready (exit code 7); the message was not delivered",
      next: "iapeer why bell",
    });
    expect(scene.ends("bell")).toMatchObject([{ by: "hook", deadStatus: 7 }]);
    expect(scene.doc("bell").deaths).toHaveLength(1);
  });

  test("is its life, and not one that was there already", async () => {
    const scene = await created(false);
    expect(await scene.ask("bell", "start")).toMatchObject({ result: "woke", cause: "start" });
    expect(wakes(scene)).toHaveLength(1);
  });
});
