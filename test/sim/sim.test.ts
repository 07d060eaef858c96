// The daemon simulated over fake ports (architecture, `test/sim`): the same seeds in every run.
// More on demand: `scripts/test --only sim --seeds 100000`, in whole thousands.

import { describe, expect, test } from "bun:test";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

/** `scripts/test --seeds N`. */
const SEEDS = Number(process.env["IAPEER_SIM_SEEDS"] ?? 10_000);
const BATCH = 1000;
const BATCHES = Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, index) => index * BATCH + 1);
const BATCH_TIMEOUT_MS = 240_000;

/** Found on demand, beyond those of every run; each was a bug once. */
const REMEMBERED = [
  14_278, 20_545, 23_243, 72_497, 132_072, 206_918, 216_492, 309_198, 338_009, 704_000, 818_900,
  1_151_907, 20_087_435,
];
/** With programs that are not there. */
const REMEMBERED_GONE = [988_747];

/** A bug that takes more seeds than this to be noticed is not noticed. */
const SABOTAGE_SEEDS = 600;

describe("whatever happens, in whatever order", () => {
  test.each(BATCHES)(
    "seeds from %d hold every invariant",
    async (from) => {
      const failures: string[] = [];
      let generations = 0;
      for (let seed = from; seed < from + BATCH; seed += 1) {
        const outcome = await simulate({ seed, create: createSupervisor });
        generations += outcome.generations;
        for (const violation of outcome.violations) failures.push(replay(seed, violation));
      }
      console.log(`simulated seeds ${from} to ${from + BATCH - 1}: ${generations} lives`);
      expect(failures).toEqual([]);
    },
    BATCH_TIMEOUT_MS,
  );

  test.each([
    ["programs that are not there, too", { programsGo: true }, "--programs-go"],
    ["a log that is rotated, too", { logRotates: true }, "--log-rotates"],
  ])(
    "%s",
    async (_, also, flag) => {
      const failures: string[] = [];
      for (let seed = 1; seed <= BATCH; seed += 1) {
        const outcome = await simulate({ seed, create: createSupervisor, ...also });
        for (const violation of outcome.violations) {
          failures.push(replay(seed, `${violation}; ${flag}`));
        }
      }
      expect(failures).toEqual([]);
    },
    BATCH_TIMEOUT_MS,
  );

  test.each(REMEMBERED)("seed %d, once a bug", async (seed) => {
    expect((await simulate({ seed, create: createSupervisor })).violations).toEqual([]);
  });

  test.each(REMEMBERED_GONE)("seed %d with --programs-go, once a bug", async (seed) => {
    const outcome = await simulate({ seed, create: createSupervisor, programsGo: true });
    expect(outcome.violations).toEqual([]);
  });

  test("the same seed tells the same story", async () => {
    for (const seed of [1, 2, 3]) {
      const stories = [await story(seed), await story(seed)];
      expect(stories[0]).toEqual(stories[1] ?? []);
      expect(stories[0]?.length).toBeGreaterThan(5);
    }
  });
});

const replay = (seed: number, violation: string): string =>
  `seed ${seed}: ${violation} (bun test/sim/run.ts --seed ${seed})`;

async function story(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await simulate({ seed, create: createSupervisor, trace: (line) => void lines.push(line) });
  return lines;
}

describe("a daemon broken on purpose is noticed", () => {
  test.each(Object.entries(SABOTAGES))(
    "%s",
    async (_name, sabotage) => {
      expect(await firstNoticed(sabotage)).not.toBeNull();
    },
    BATCH_TIMEOUT_MS,
  );
});

async function firstNoticed(sabotage: (typeof SABOTAGES)[string]): Promise<string | null> {
  for (let seed = 1; seed <= SABOTAGE_SEEDS; seed += 1) {
    const { violations } = await simulate({ seed, create: createSupervisor, sabotage });
    if (violations.length > 0) return `seed ${seed}: ${violations[0]}`;
  }
  return null;
}
