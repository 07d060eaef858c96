// The wall clock set by a day either way, and a suspend of an hour (lifecycle §4), with real
// processes under a supervisor whose clock the test moves: nobody is reaped or restarted because
// of it, it is logged, and the deadlines of a back-off keep their meaning.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { monoMs, wallMs } from "../../src/core/brand.ts";
import type { Personality } from "../../src/core/names.ts";
import { createSupervisor, type Supervisor } from "../../src/daemon/supervisor.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { peekDoc } from "../../src/flows/storage/identity-doc.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ENV = { IAPEER_RESTART_FIRST_SECS: "60", IAPEER_IDLE_SECS: "1800", IAPEER_TICK_SECS: "1h" };

/** The real clock, and what a test adds to it. */
class MovedClock {
  wallShiftMs = 0;
  sleptMs = 0;
  /** Time that really passed, for every clock. */
  passedMs = 0;
  readonly port: Clock;

  constructor(real: Clock) {
    this.port = {
      ...real,
      wall: () => wallMs(real.wall() + this.wallShiftMs + this.sleptMs + this.passedMs),
      mono: () => monoMs(real.mono() + this.passedMs),
      bootMs: () => real.bootMs() + this.sleptMs + this.passedMs,
    };
  }
}

interface Scene {
  readonly fleet: Fleet;
  readonly clock: MovedClock;
  readonly supervisor: Supervisor;
  readonly plain: Personality;
  readonly held: Personality;
}

/** One peer that lives, and one that has died twice and waits for its restart. */
async function inScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using fleet = new Fleet({ env: ENV });
  const plain = await fleet.create("plain", ["/bin/cat"]);
  const held = await fleet.create("held", ["/bin/cat"], { alwaysOn: true });
  const clock = new MovedClock(fleet.app.host.clock);
  const host = { ...fleet.app.host, clock: clock.port };
  const watch = createDeathWatch(host.config, clock.port, host.processes);
  const supervisor = createSupervisor(host, watch);
  await supervisor.start();
  try {
    const woken = await supervisor.verb({ personality: plain, verb: "wake", request: {} });
    expect(woken.result).toBe("woke");
    await eventually("the held peer is up", () => fleet.isAlive(fleet.starts(held)[0]?.server));
    const { server } = await fleet.parts(held);
    fleet.app.host.processes.signal(server, "KILL");
    const waits = () => deadline(fleet, held) !== null;
    await eventually("its restart waits", waits);
    await work({ fleet, clock, supervisor, plain, held });
  } finally {
    await supervisor.stop();
  }
}

function deadline(fleet: Fleet, name: Personality): number | null {
  const read = peekDoc(fleet.app.host, fleet.identity(name));
  return read.state === "ok" ? read.doc.restart.notBeforeWall : null;
}

const log = (fleet: Fleet) => readFileSync(fleet.app.host.layout.lifecycleLog, "utf8");

/** Ticks, and lets all that the tick asked for be done. */
async function look({ supervisor }: Scene): Promise<void> {
  supervisor.tick();
  await supervisor.settled();
}

const JUMPS = [
  { name: "a day forward", wall: DAY, slept: 0, kind: "set" },
  { name: "a day back", wall: -DAY, slept: 0, kind: "set" },
  { name: "a suspend of an hour", wall: 0, slept: HOUR, kind: "suspend" },
] as const;

describe("nobody is reaped or restarted because of", () => {
  for (const jump of JUMPS) {
    test(jump.name, () =>
      inScene(async (scene) => {
        const { fleet, clock, plain, held } = scene;
        await look(scene);
        const before = deadline(fleet, held) ?? 0;
        const { server } = await fleet.parts(plain);
        clock.wallShiftMs += jump.wall;
        clock.sleptMs += jump.slept;
        await look(scene);
        await look(scene);
        expect(log(fleet)).toContain(`ev=clock-jump kind=${jump.kind}`);
        expect(fleet.isAlive(server)).toBe(true);
        expect(fleet.starts(plain)).toHaveLength(1);
        expect(log(fleet)).not.toContain("action=reaped-idle");
        if (jump.kind === "set") {
          // What was still to come is still as far away.
          expect(Math.abs((deadline(fleet, held) ?? 0) - before - jump.wall)).toBeLessThan(5000);
          expect(fleet.starts(held)).toHaveLength(1);
        } else {
          // The minute is over, by any clock: this restart is due, and is the only one.
          await eventually("the held peer is back", () => fleet.starts(held).length === 2);
        }
        await mustHold(fleet);
      }), 60_000);
  }

  test("an hour that really passed: without a jump the idle peer is parked", () =>
    inScene(async (scene) => {
      const { fleet, plain } = scene;
      scene.clock.passedMs += HOUR;
      await look(scene);
      await eventually("it is parked", () => fleet.ends(plain).length === 1);
      expect(fleet.ends(plain)).toMatchObject([{ ev: "teardown", reason: "idle" }]);
    }), 60_000);
});
