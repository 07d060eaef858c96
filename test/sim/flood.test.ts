// A peer that prints without end (lifecycle §8): from its first rotation on, its log is looked at
// when it will be full, and at each tick alone once it is quiet again.

import { expect, test } from "bun:test";
import { LOG_PACE_MS_MIN, logPaceMs } from "../../src/rules/log-pace.ts";
import { Scene } from "./scene.ts";

const LIMIT = 10_000;
const EVERY_MS = 100;

async function flooded() {
  const scene = await Scene.of({ peers: { echo: {} }, config: { paneLogMaxBytes: LIMIT } });
  await scene.ask("echo", "wake");
  const { files, layout, config } = scene.world;
  const log = layout.paneLog(scene.identity("echo"));
  const size = () => {
    const facts = files.stat(log);
    return facts.state === "ok" ? facts.size : 0;
  };
  /** The longest it got. */
  const print = async (bytes: number, forMs: number): Promise<number> => {
    let most = 0;
    for (let ms = 0; ms < forMs; ms += EVERY_MS) {
      files.append(log, "x".repeat(bytes));
      most = Math.max(most, size());
      await scene.pass(EVERY_MS);
    }
    return most;
  };
  return { scene, print, tickMs: config.tickMs };
}

const rotations = ({ scene }: { readonly scene: Scene }) =>
  scene.events("supervise").filter(({ fields }) => fields["action"] === "rotated-pane-log");

test("is kept near its bound, and says how much of it is kept", async () => {
  const of = await flooded();
  await of.print(LIMIT / 2, of.tickMs + 2000);
  const perSecond = (LIMIT / 2) * (1000 / EVERY_MS);
  expect(await of.print(LIMIT / 2, 2 * of.tickMs)).toBeLessThan(LIMIT + 2 * perSecond);
  expect(rotations(of)[0]?.fields).toMatchObject({ detail: `kept=${LIMIT}` });
});

test("and no longer once it is quiet", async () => {
  const of = await flooded();
  await of.print(LIMIT / 2, of.tickMs + 2000);
  await of.scene.pass(3 * of.tickMs);
  const many = rotations(of).length;
  expect(await of.print(LIMIT / 2, of.tickMs / 2)).toBeGreaterThan(LIMIT);
  await of.scene.pass(of.tickMs);
  expect(rotations(of).length).toBeGreaterThan(many);
});

test("the pace is that at which it grew, and never a spin", () => {
  const pace = (bytes: number) => logPaceMs({ bytes, tookMs: 60_000 }, LIMIT);
  expect([LIMIT, 6 * LIMIT, 1e6 * LIMIT].map(pace)).toEqual([60_000, 10_000, LOG_PACE_MS_MIN]);
  expect(logPaceMs({ bytes: 0, tookMs: 0 }, LIMIT)).toBe(LOG_PACE_MS_MIN);
});
