// A peer that a service manager holds is only read by the daemon, on every path (service-manager
// contract, "Ownership"): its document, records and processes are its holder's. Shown beside a peer
// that is the daemon's own, of which the same path does write.

import { describe, expect, test } from "bun:test";
import type { Verb } from "../../src/core/api.ts";
import { wallMs } from "../../src/core/brand.ts";
import { Incidents } from "../../src/daemon/incidents.ts";
import { ownContext } from "../../src/daemon/held/own-context.ts";
import { growPause, pause } from "../../src/daemon/held/pause.ts";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { applyJump } from "../../src/daemon/tick.ts";
import { renderEndRecord } from "../../src/formats/end-record.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { pass, settle } from "../fakes/time.ts";
import { settleIn, type Actor } from "../sim/cast.ts";
import { GENERATION, HELD, launching, OWN, writeDoc } from "./managed-place.ts";

const UNSTARTED = {
  version: 1,
  ev: "server-exit",
  ts: "2025-01-06T09:00:00.000Z",
  by: "launcher",
  cause: "launch-failed",
  started: false,
  detail: "plain is not in the PATH of the session",
  verdict: { oom: "unknown", ours: false, confidence: "certain" },
} as const;

interface Place {
  readonly world: SimWorld;
  readonly supervisor: ReturnType<typeof createSupervisor>;
  readonly host: ReturnType<SimWorld["man"]>["host"];
}

async function withDaemon(
  prepare: (world: SimWorld) => void,
  play: (place: Place) => Promise<void>,
): Promise<void> {
  const world = new SimWorld({ seed: 1 });
  settleIn(world, [HELD, OWN]);
  prepare(world);
  const { host, watch } = world.man();
  const supervisor = createSupervisor(host, watch);
  await settle(world.time, supervisor.start());
  await play({ world, supervisor, host });
  await settle(world.time, supervisor.stop());
}

function docOf(world: SimWorld, { identity }: Actor): string {
  const read = world.files.read(world.layout.identityDoc(identity));
  return read.state === "ok" ? read.text : read.state;
}

const hasEnd = (world: SimWorld, { identity }: Actor): boolean =>
  world.files.stat(world.layout.generation(identity, GENERATION).end).state === "ok";

describe("a launch that is under way", () => {
  test("at the daemon's start: its holder's to complete or to give up", async () => {
    const prepare = (world: SimWorld) => {
      for (const each of [HELD, OWN]) launching(world, each);
    };
    await withDaemon(prepare, async ({ world }) => {
      await pass(world.time, 60_000);
      expect(hasEnd(world, OWN)).toBe(true);
      expect(hasEnd(world, HELD)).toBe(false);
    });
  });

  test("under a daemon that ticks", async () => {
    await withDaemon(() => undefined, async ({ world, supervisor }) => {
      launching(world, HELD);
      supervisor.enqueue(HELD.identity);
      await pass(world.time, 150_000);
      expect(hasEnd(world, HELD)).toBe(false);
    });
  });
});

test("a clock that is set back moves the deaths of the daemon's own peers alone", async () => {
  const deaths = (world: SimWorld) => [wallMs(world.time.wall() - 1000)];
  const prepare = (world: SimWorld) => {
    for (const each of [HELD, OWN]) writeDoc(world, each, { deaths: deaths(world) });
  };
  await withDaemon(prepare, async ({ world }) => {
    const before = { held: docOf(world, HELD), own: docOf(world, OWN) };
    world.time.setWallBy(-86_400_000);
    await pass(world.time, 130_000);
    expect(docOf(world, OWN)).not.toBe(before.own);
    expect(docOf(world, HELD)).toBe(before.held);
  });
});

test("a holder that notices a jump leaves the daemon's heartbeat alone", () => {
  const world = new SimWorld({ seed: 1 });
  settleIn(world, [HELD]);
  const { host, watch } = world.man();
  const spec = { entry: HELD.peer, runtime: PLAIN, watch, onChange: () => undefined };
  const { context } = ownContext(host, spec);
  const jump = { kind: "set", deltaMs: 86_400_000 } as const;
  applyJump(context, jump as Parameters<typeof applyJump>[1]);
  expect(world.files.stat(world.layout.heartbeat).state).toBe("missing");
  const daemon = { ...context, keepsHeartbeat: true, incidents: new Incidents(host) };
  applyJump(daemon, jump as Parameters<typeof applyJump>[1]);
  expect(world.files.stat(world.layout.heartbeat).state).toBe("ok");
});

test("one that its holder could not start is told of as the daemon's own is", async () => {
  const prepare = (world: SimWorld) => {
    const { identity } = HELD;
    launching(world, HELD);
    const end = { ...UNSTARTED, identity, generation: GENERATION };
    world.files.linkNew(world.layout.generation(identity, GENERATION).end, renderEndRecord(end));
    writeDoc(world, HELD, { generation: GENERATION, settled: GENERATION });
  };
  await withDaemon(prepare, ({ supervisor }) => {
    const [held] = supervisor.snapshot().peers.flatMap(({ runtimes }) => runtimes);
    expect(held).toMatchObject({ state: "managed", not_started: UNSTARTED.detail });
    const [told] = supervisor.why(HELD.peer.personality).presences;
    expect(told?.because).toStartWith(`It could not be started: ${UNSTARTED.detail}. `);
    return Promise.resolve();
  });
});

test("a holder's pause ends when the operator's start wipes it out, and not before", async () => {
  const world = new SimWorld({ seed: 1 });
  settleIn(world, [HELD]);
  const { host, watch } = world.man();
  const spec = { entry: HELD.peer, runtime: PLAIN, watch, onChange: () => undefined };
  const own = ownContext(host, spec);
  let isOver = false;
  const ms = growPause(own);
  expect(ms).toBe(host.config.restartFirstMs);
  void pause(own, 60_000, new AbortController().signal).then(() => (isOver = true));
  await pass(world.time, 30_000);
  expect(isOver).toBe(false);
  writeDoc(world, HELD, {});
  await pass(world.time, 1000);
  expect(isOver).toBe(true);
});

const WRITING: readonly Verb[] = [
  "start",
  "new",
  "attach",
  "folder-launch",
  "refresh",
  "self-done",
];

test.each(WRITING)("%s of what is held is refused, and its stop flag stays", async (verb) => {
  const prepare = (world: SimWorld) => {
    for (const each of [HELD, OWN]) writeDoc(world, each, { stopped: true });
  };
  await withDaemon(prepare, async ({ world, supervisor }) => {
    const call = (each: Actor, asked = verb) =>
      settle(
        world.time,
        supervisor.verb({ personality: each.peer.personality, verb: asked, request: {} }),
      );
    // Only a life can be done.
    if (verb === "self-done") await call(OWN, "new");
    const before = { held: docOf(world, HELD), own: docOf(world, OWN) };
    expect(await call(HELD)).toMatchObject({ result: "refused", cause: "managed" });
    expect(docOf(world, HELD)).toBe(before.held);
    await call(OWN);
    // There is nothing to attach to or to resume, and what is refused has not ended a halt.
    expect(docOf(world, OWN) === before.own).toBe(verb === "attach");
  });
});
