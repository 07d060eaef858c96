// SIGKILL of any process at any time, in any combination (lifecycle §5), with peers of every
// temper, while verbs are asked for: then quiet, and the judge. CHAOS_SEED repeats a run.

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { eventually, Fleet } from "./fleet.ts";
import { livingStarts, mustHold } from "./judge.ts";
import { CAST, Storm } from "./storm.ts";

const SEED = Number(process.env["CHAOS_SEED"] ?? Math.floor(performance.timeOrigin) % 1_000_000);
const RAGE_MS = Number(process.env["CHAOS_MS"] ?? 15_000);

const ENV = {
  IAPEER_TICK_SECS: "1",
  IAPEER_CRASHLOOP_MAX: "6",
  IAPEER_RESTART_FIRST_SECS: "200ms",
  IAPEER_RESTART_MAX_SECS: "2",
};

describe(`a storm, CHAOS_SEED=${SEED}`, () => {
  test("leaves one record of every end, no orphan, and every promise kept", async () => {
    await using fleet = new Fleet({ env: ENV });
    const names: Personality[] = [];
    for (const { name, argv, alwaysOn = false } of CAST) {
      names.push(await fleet.create(name, argv, { alwaysOn }));
    }
    await fleet.startDaemon();
    const storm = new Storm(fleet, names, SEED);
    try {
      await storm.rage(RAGE_MS);
      await eventually("every always-on peer is up, or said why not", () => heldUp(fleet), 60_000);
      await mustHold(fleet, 60_000);
      expect(brokenPromises(fleet, storm)).toEqual([]);
      const stopped = await fleet.cli(["stop", "--all", "--yes"]);
      expect(stopped).toMatchObject({ code: 0 });
      await mustHold(fleet, 60_000);
      expect(livingStarts(fleet)).toEqual([]);
      const lives = names.map((name) => fleet.starts(name).length).reduce((sum, one) => sum + one);
      console.log(`${storm.story.length} lines of story, ${lives} lives`);
      expect(lives).toBeGreaterThan(CAST.length);
    } catch (error) {
      console.log([`CHAOS_SEED=${SEED}`, ...storm.story.slice(-200)].join("\n"));
      throw error;
    }
  }, 240_000);
});

/** Peers that must not be down without a reason on record. */
async function heldUp(fleet: Fleet): Promise<boolean> {
  const held = CAST.filter(({ alwaysOn }) => alwaysOn === true).map(({ name }) => name);
  const reached = await fleet.app.client.snapshot();
  if (reached.state !== "answered") return false;
  return reached.value.peers
    .filter(({ personality }) => held.includes(personality))
    .every(({ runtimes }) =>
      runtimes.every(({ state }) => ["alive", "stopped", "crash-looped"].includes(state)),
    );
}

/** The operator's last answered word about each peer still holds. */
function brokenPromises(fleet: Fleet, storm: Storm): readonly string[] {
  return [...storm.words].flatMap(([name, { verb, kept }]) => {
    if (!kept) return [];
    const doc = peekDoc(fleet.app.host, fleet.identity(name));
    if (doc.state !== "ok") return [`${name}: its document is ${doc.state}`];
    const { stopped } = doc.doc;
    if (stopped !== (verb === "stop")) return [`${name}: ${verb} was kept, stopped is ${stopped}`];
    const lives = fleet.isAlive(fleet.starts(name).at(-1)?.server);
    return verb === "stop" && lives ? [`${name}: stopped, and its server lives`] : [];
  });
}
