// A peer that is still costs its tick a tenth of a full look (src/daemon/still.ts): each thing that
// could change the answer ends that, and nothing that is due comes late for it.

import { describe, expect, test } from "bun:test";
import { noteStill } from "../../src/daemon/still.ts";
import { ProgramRun } from "../fakes/programs.ts";
import {
  AGENT_IDLE_MS,
  CHANGES,
  none,
  seen,
  still,
  supervisedAgent,
  work,
} from "./seen.ts";

describe("a full look is taken again when", () => {
  for (const [name, change] of Object.entries(CHANGES)) {
    test(name, async () => {
      const of = await seen();
      expect(still(of)).toBe(true);
      change(of);
      expect(still(of)).toBe(false);
    });
  }

  test("the log of its pane is over its bound, though nothing was printed since", async () => {
    const of = await seen();
    work(of.scene);
    of.live.still = noteStill(of.host, of.live, none(of.live, "always-on"));
    expect(still(of)).toBe(true);
    const host = { ...of.host, config: { ...of.host.config, paneLogMaxBytes: 0 } };
    expect(still({ ...of, host })).toBe(false);
  });

  test("its time comes before the next tick", async () => {
    const of = await seen();
    const { live, host } = of;
    const { tickMs } = host.config;
    const at = (waitMs: number) => {
      live.still = noteStill(host, live, none(live, "alive-working", host.clock.wall() + waitMs));
      return still(of);
    };
    expect([tickMs + 1, tickMs, 0].map(at)).toEqual([true, false, false]);
  });

  test("a manager holds it", async () => {
    const of = await seen();
    const manager = { ...of.host.manager, manages: () => true };
    expect(still({ ...of, host: { ...of.host, manager } })).toBe(false);
  });

  test("every look is to be logged", async () => {
    const of = await seen({ verboseSupervise: true });
    expect(of.live.still).not.toBeNull();
    expect(still(of)).toBe(false);
  });

  test("its watches are doubted, and somebody else has one of its pids", async () => {
    const of = await seen();
    const { live } = of;
    live.doubted = true;
    expect(still(of)).toBe(true);
    if (live.start?.pane === undefined || live.still === null) throw new Error("no pane");
    const pane = { ...live.start.pane, start: "1" };
    live.start = { ...live.start, pane };
    live.armed.set("pane", pane);
    live.still = { ...live.still, start: live.start };
    expect(still(of)).toBe(false);
    live.doubted = false;
    expect(still(of)).toBe(true);
  });
});

test("who is being readied is not still: its idleness has yet to begin", async () => {
  const { host, live } = await seen();
  live.readying = true;
  expect(noteStill(host, live, none(live, "alive-working"))).toBeNull();
});

test("a canary that is gone is seen in its turn, though the watch on it is deaf", async () => {
  const of = await seen();
  const { live } = of;
  if (live.canary === null || live.still === null) throw new Error("no canary");
  live.canary = { ...live.canary, start: "1" };
  live.armed.set("canary", live.canary);
  live.still = { ...live.still, canary: live.canary };
  expect(still(of)).toBe(true);
  live.doubted = true;
  expect(still(of)).toBe(false);
});

test("only who lives on without anybody having been asked about it is still", async () => {
  const { host, live } = await seen();
  const whys = ["always-on", "alive-working", "attached", "idle-unknown", "launching"] as const;
  const noted = whys.map((why) => noteStill(host, live, none(live, why)) !== null);
  expect(noted).toEqual([true, true, false, false, false]);
  const about = { identity: live.identity, generation: live.doc.generation };
  expect(noteStill(host, live, { ...about, action: "arm-canary" })).toBeNull();
});

describe("supervised", () => {
  test("nothing is looked at in full while it is still, and what it prints is seen", async () => {
    const { scene, looks, tickMs } = await supervisedAgent();
    await scene.pass(5 * tickMs);
    expect(looks.count).toBe(0);
    const { program } = scene.server("ann").pane;
    if (!(program instanceof ProgramRun)) throw new Error("no program of ours");
    program.work();
    await scene.pass(tickMs);
    expect(looks.count).toBeGreaterThan(0);
  });

  test("and parked in its time all the same", async () => {
    const { scene, tickMs } = await supervisedAgent();
    await scene.pass(AGENT_IDLE_MS - 4 * tickMs);
    expect(scene.ends("ann")).toEqual([null]);
    await scene.pass(3 * tickMs);
    expect(scene.ends("ann")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
  });
});
