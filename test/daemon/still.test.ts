// A peer that is still costs its tick a tenth of a full look (src/daemon/still.ts): each thing that
// could change the answer ends that, and nothing that is due comes late for it.

import { describe, expect, test } from "bun:test";
import { monoMs, wallMs } from "../../src/core/brand.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import type { InactionReason } from "../../src/core/states.ts";
import { createLive, type Live } from "../../src/daemon/live.ts";
import { adopt } from "../../src/daemon/members.ts";
import { isStill, noteStill } from "../../src/daemon/still.ts";
import { armLife } from "../../src/daemon/watches.ts";
import type { Host } from "../../src/ports/host.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { ProgramRun } from "../fakes/programs.ts";
import type { Manned } from "../fakes/sim-world.ts";
import { Scene } from "../sim/scene.ts";

interface Seen {
  readonly scene: Scene;
  readonly host: Host;
  readonly live: Live;
}

const none = (live: Live, why: InactionReason, untilWall?: number): Decision => ({
  identity: live.identity,
  generation: live.doc.generation,
  action: "none",
  why,
  ...(untilWall === undefined ? {} : { untilWall: wallMs(untilWall) }),
});

/** A living peer, looked at by somebody of our own. */
async function seen(config: Partial<Host["config"]> = {}): Promise<Seen> {
  const scene = await Scene.of({ peers: { echo: {} }, config });
  await scene.ask("echo", "wake");
  work(scene);
  await scene.pass(10);
  const manned: Manned = scene.world.man();
  const { host, watch } = manned;
  const identity = scene.identity("echo");
  const names = { identity, runtime: PLAIN, personality: "echo" as Live["personality"] };
  const live = createLive(names, null);
  adopt(host, live);
  armLife({ host, watch, onExit: () => undefined }, live);
  live.still = noteStill(host, live, none(live, "always-on"));
  return { scene, host, live };
}

const now = ({ host }: Seen) => ({ wall: host.clock.wall() });
const still = (of: Seen): boolean => isStill(of.host, of.live, now(of));

const END: EndRecord = {
  version: 1,
  ev: "server-exit",
  identity: `${PLAIN}-echo` as EndRecord["identity"],
  generation: "20250106T090000000Z-abcd" as EndRecord["generation"],
  ts: "2025-01-06T09:00:00.000Z",
  by: "canary",
  cause: "server-vanished",
  verdict: { oom: "unknown", ours: false, confidence: "unknown" },
};

function work(scene: Scene): void {
  const { program } = scene.server("echo").pane;
  if (!(program instanceof ProgramRun)) throw new Error("no program of ours");
  program.work();
}

/** Each by itself asks for a full look. */
const CHANGES: Readonly<Record<string, (of: Seen) => void>> = {
  "its server dies": ({ scene }) => scene.kill(scene.server("echo").process),
  "its pane dies": ({ scene }) => scene.kill(scene.server("echo").pane.process),
  "it prints": ({ scene }) => work(scene),
  "the log of its pane is gone": ({ host, live }) => {
    host.files.remove(host.layout.paneLog(live.identity));
  },
  "its document is another": ({ live }) => void (live.doc = { ...live.doc }),
  "its record is another": ({ live }) => {
    if (live.start !== null) live.start = { ...live.start };
  },
  "its record is gone": ({ live }) => void (live.start = null),
  "its profile is another": ({ live }) => {
    live.presence = { identity: live.identity, runtime: PLAIN, peer: {} as never };
  },
  "its canary is gone": ({ live }) => void (live.canary = null),
  "a part is not watched": ({ live }) => void live.armed.delete("pane"),
  "a part was seen dead": ({ live }) => void live.deadAtMono.set("pane", monoMs(1)),
  "its end is known": ({ live }) => void (live.end = END),
  "its end is owed": ({ live }) => void (live.owed = END),
  "its record is owed": ({ live }) => void (live.startOwed = true),
  "its document cannot be read": ({ live }) => void (live.docKnown = false),
  "nothing is sure": ({ live }) => void (live.unsure = true),
  "it is being launched": ({ live }) => void (live.launching = true),
  "it is being readied": ({ live }) => void (live.readying = true),
  "the clock has jumped": ({ live }) => void (live.idleFloorMono = monoMs(1)),
  "the clock was set back": ({ live }) => void (live.frozen = [0, 0, 0]),
};

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
  const idleMs = 30 * 60_000;

  async function agent() {
    const peers = { ann: { default_runtime: AGENT } };
    const scene = await Scene.of({ peers, config: { idleMs } });
    const runtime = scene.world.runtimes.get(AGENT);
    if (runtime === undefined) throw new Error("no agent");
    const lastActivity = runtime.lastActivity.bind(runtime);
    const looks = { count: 0 };
    runtime.lastActivity = (...args) => {
      looks.count += 1;
      return lastActivity(...args);
    };
    await scene.ask("ann", "wake");
    const { tickMs } = scene.world.config;
    await scene.pass(2 * tickMs);
    looks.count = 0;
    return { scene, looks, tickMs };
  }

  test("nothing is looked at in full while it is still, and what it prints is seen", async () => {
    const { scene, looks, tickMs } = await agent();
    await scene.pass(5 * tickMs);
    expect(looks.count).toBe(0);
    const { program } = scene.server("ann").pane;
    if (!(program instanceof ProgramRun)) throw new Error("no program of ours");
    program.work();
    await scene.pass(tickMs);
    expect(looks.count).toBeGreaterThan(0);
  });

  test("and parked in its time all the same", async () => {
    const { scene, tickMs } = await agent();
    await scene.pass(idleMs - 4 * tickMs);
    expect(scene.ends("ann")).toEqual([null]);
    await scene.pass(3 * tickMs);
    expect(scene.ends("ann")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
  });
});
