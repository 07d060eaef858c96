// Every benchmark runs at its smallest size and prints the documented form (CLI contract, "Fixed
// forms"). What it measures there means nothing, so no number is judged.

import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "bun:test";

import { FIGURES } from "../../scripts/bench/figures.ts";
import { findProcesses } from "../../scripts/suite/leftovers.ts";

const BENCH = Bun.fileURLToPath(new URL("../../scripts/bench.ts", import.meta.url));
const BOUND_MS = 120_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), "b-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The canary's benchmark watches for a second, the poll of `death` takes two. */
const isLinux = process.platform === "linux";
if (!isLinux) console.log("skipped: the benchmarks read /proc, so they run on Linux only");

function bench(words: readonly string[]) {
  return Bun.spawn([process.execPath, BENCH, ...words], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

for (const figure of isLinux ? FIGURES : []) {
  test(
    `${figure.name} prints its document and leaves nothing behind`,
    async () => {
      const child = bench(["--smoke", "--json", "--only", figure.name]);
      const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      const lines = out.split("\n").length;
      expect([await child.exited, lines, err.includes("error")]).toEqual([0, 2, false]);
      const document = JSON.parse(out) as Record<string, unknown>;
      expect(Object.keys(document)).toEqual([
        "name",
        "machine",
        "runs",
        "figures",
        "baseline",
        "ratio",
      ]);
      expect(document["name"]).toBe(figure.name);
      for (const part of ["runs", "figures", "baseline", "ratio"]) {
        const numbers = Object.values(document[part] as Record<string, unknown>);
        expect(numbers.filter((value) => typeof value !== "number")).toEqual([]);
      }
      expect(Object.keys(document["figures"] as object).length).toBeGreaterThan(0);
      expect(readdirSync(folder)).toEqual([]);
      expect(findProcesses(folder)).toEqual([]);
    },
    BOUND_MS,
  );
}

test.if(isLinux)(
  "what was started is ended on Ctrl-C",
  async () => {
    const child = bench(["--only", "cpu", "--smoke"]);
    const reader = child.stderr.getReader();
    let said = "";
    while (!said.includes("watching")) {
      const { done, value } = await reader.read();
      if (done) break;
      said += new TextDecoder().decode(value);
    }
    expect(findProcesses(folder).length).toBeGreaterThan(3);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(findProcesses(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  },
  BOUND_MS,
);

test("a figure that is not there is said, and so are those that are", async () => {
  const child = bench(["--only", "nothing"]);
  const err = await child.stderr.text();
  expect(await child.exited).toBe(2);
  expect(err).toContain('no figure "nothing"');
  expect(err).toContain(FIGURES.map(({ name }) => name).join(", "));
  expect(existsSync(folder)).toBe(true);
});
