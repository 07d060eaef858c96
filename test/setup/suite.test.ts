// The harness of the suite itself (scripts/suite): what it counts, and in which order it runs
// stages.

import { describe, expect, test } from "bun:test";
import { runInOrder } from "../../scripts/suite/schedule.ts";
import { STAGES, type Stage } from "../../scripts/suite/stages.ts";
import { readJunit, tallyScript, tallyTests } from "../../scripts/suite/tally.ts";

const PROJECT = Bun.fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

const JUNIT = `<testsuites name="bun test" tests="5" assertions="2" failures="2" skipped="1">
  <testsuite name="a" tests="5" failures="2" skipped="1">
    <testcase name="x" classname="g" file="a.test.ts" assertions="1" />
    <testcase name="nope" classname="g" file="a.test.ts">
      <skipped />
    </testcase>`;

describe("counts", () => {
  const ran = { exitCode: 1, signal: null, output: "", junit: JUNIT };

  test("come from the report", () => {
    expect(readJunit(JUNIT)).toEqual({ tests: 5, failures: 2, names: ["a.test.ts: nope"] });
    expect(tallyTests(ran)).toEqual({
      passed: 2,
      failed: 2,
      skipped: 1,
      reasons: ["skipped test: a.test.ts: nope"],
      troubles: [],
    });
  });

  test("tell of what a test announced", () => {
    const output = "x\nskipped: no /proc here\nSKIPPED test/e2e: cannot be installed\n";
    const { reasons, skipped } = tallyTests({ ...ran, output });
    expect(reasons).toContain("skipped: no /proc here");
    expect(reasons).toContain("SKIPPED test/e2e: cannot be installed");
    expect(skipped).toBe(3);
  });

  test.each([
    ["a crash without a report", { ...ran, junit: null }, "exit 1 without a report"],
    ["a signal", { ...ran, signal: "SIGSEGV" }, "ended by SIGSEGV"],
    [
      "a failure that is no test's",
      { ...ran, junit: '<testsuites tests="3" failures="0">' },
      "exit 1, though no test failed",
    ],
    [
      "no test at all",
      { ...ran, exitCode: 0, junit: '<testsuites tests="0" failures="0">' },
      "no test ran",
    ],
  ])("%s is a failure", (_, what, trouble) => {
    const tally = tallyTests(what);
    expect(tally.failed).toBeGreaterThan(0);
    expect(tally.troubles).toContain(trouble);
  });

  test("a script passes or fails as one", () => {
    expect(tallyScript({ ...ran, exitCode: 0 })).toMatchObject({ passed: 1, failed: 0 });
    expect(tallyScript(ran)).toMatchObject({ passed: 0, failed: 1, troubles: ["exit 1"] });
  });
});

describe("order", () => {
  test("two at a time, and one that wants to be alone, alone", async () => {
    const running = new Set<string>();
    const seen: string[] = [];
    let most = 0;
    const stages = ["a", "b", "c", "D", "e", "F"].map((name) => ({
      name,
      alone: name !== name.toLowerCase(),
    }));
    await runInOrder(stages, 2, async ({ name, alone }) => {
      running.add(name);
      seen.push(name);
      most = Math.max(most, running.size);
      await Bun.sleep(5);
      if (alone) expect([...running]).toEqual([name]);
      running.delete(name);
    });
    expect(seen).toEqual(["a", "b", "c", "D", "e", "F"]);
    expect(most).toBe(2);
  });
});

describe("stages", () => {
  test("hold every test exactly once", () => {
    const files = [...new Bun.Glob("test/**/*.test.ts").scanSync(PROJECT)];
    const own = files.filter((file) => !file.includes("node_modules"));
    const stagesOf = (file: string): string[] => STAGES.filter(holds(file)).map(({ name }) => name);
    const astray = own.map((file) => ({ file, stages: stagesOf(file) }));
    expect(astray.filter(({ stages }) => stages.length !== 1)).toEqual([]);
  });

  test("have a bound each, which no stage comes near", () => {
    expect(STAGES.every(({ boundMs }) => boundMs <= 6 * 60_000)).toBe(true);
  });
});

const holds =
  (file: string) =>
  ({ runs }: Stage): boolean =>
    "tests" in runs && runs.tests.some((path) => file === path || file.startsWith(`${path}/`));
