// What a pass over peers costs about which nothing has changed (daemon/tick): the same, however
// many they are; and each of them is looked at in its turn all the same.

import { afterAll, expect, spyOn, test } from "bun:test";
import { FakeFiles } from "../fakes/files.ts";
import { FakeProcesses } from "../fakes/processes.ts";
import { ProgramRun } from "../fakes/programs.ts";
import { Scene } from "./scene.ts";

const spies = [
  spyOn(FakeFiles.prototype, "stat"),
  spyOn(FakeProcesses.prototype, "exists"),
  spyOn(FakeProcesses.prototype, "liveness"),
  spyOn(FakeProcesses.prototype, "bothAlive"),
  spyOn(FakeProcesses.prototype, "identify"),
];

const counted = (): number => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);

afterAll(() => {
  for (const spy of spies) spy.mockRestore();
});

/** So often each is looked at in full (daemon/tick). */
const ROUND = 30;

/** Living peers that have been still for some passes. */
async function fleet(size: number): Promise<Scene> {
  const names = Array.from({ length: size }, (_, index) => `peer${index}`);
  const scene = await Scene.of({ peers: Object.fromEntries(names.map((name) => [name, {}])) });
  for (const name of names) await scene.ask(name, "wake");
  for (const name of names) {
    const { program } = scene.server(name).pane;
    if (program instanceof ProgramRun) program.work();
  }
  await scene.pass(3 * scene.world.config.tickMs);
  return scene;
}

async function looksOfPasses(scene: Scene): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let pass = 0; pass < ROUND; pass += 1) {
    const before = counted();
    await scene.pass(scene.world.config.tickMs);
    counts.push(counted() - before);
  }
  return counts;
}

test("a pass in which nobody's turn comes looks at nobody, however many there are", async () => {
  const [one, many] = [await looksOfPasses(await fleet(1)), await looksOfPasses(await fleet(12))];
  expect(Math.min(...many)).toBe(Math.min(...one));
  // Each of the twelve has its turn.
  const turns = many.filter((count) => count > Math.min(...many));
  expect(turns.length).toBeGreaterThanOrEqual(12);
});
