// The test suite, stage by stage, cheap to heavy: one line a stage, then the skips with their
// reasons, the failures in full, and the plain line "N passed, N failed".

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runStage, type StageResult } from "./suite/run-stage.ts";
import { runInOrder } from "./suite/schedule.ts";
import { STAGES, type Stage } from "./suite/stages.ts";

const USAGE = `scripts/test [--list] [--only NAME[,NAME]] [--seeds N]
  --list    the names of the stages
  --only    these stages, in their order
  --seeds   how many seeds the simulation runs (default 10000)
`;
const LANES_MAX = 2;
const SEEDS_USUAL = 10_000;
const project = Bun.fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const out = (text: string): void => void process.stdout.write(text);

async function main(words: readonly string[]): Promise<number> {
  const asked = readArguments(words);
  if ("problem" in asked) {
    process.stderr.write(`${asked.problem}\n${USAGE}`);
    return 2;
  }
  if (asked.list) out(STAGES.map(({ name }) => `${name}\n`).join(""));
  else if (asked.help) out(USAGE);
  else return await runAll(asked.stages, asked.seeds);
  return 0;
}

interface Asked {
  readonly list: boolean;
  readonly help: boolean;
  readonly stages: readonly Stage[];
  readonly seeds: string | undefined;
}

function readArguments(words: readonly string[]): Asked | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        only: { type: "string", multiple: true, default: [] },
        seeds: { type: "string" },
      },
    });
    const { list, help, seeds } = values;
    const names = values.only.flatMap((text) => text.split(","));
    const unknown = names.find((name) => STAGES.every((stage) => stage.name !== name));
    if (unknown !== undefined) return { problem: `there is no stage "${unknown}"` };
    if (seeds !== undefined && !/^[1-9]\d*$/.test(seeds)) {
      return { problem: `--seeds takes a number, not "${seeds}"` };
    }
    const isAsked = ({ name }: Stage): boolean => names.length === 0 || names.includes(name);
    const stages = STAGES.filter(isAsked).map((stage) => boundFor(stage, seeds));
    return { list, help, seeds, stages };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** More seeds take longer. */
function boundFor(stage: Stage, seeds: string | undefined): Stage {
  const times = stage.name === "sim" ? Math.max(1, Number(seeds ?? 0) / SEEDS_USUAL) : 1;
  return { ...stage, boundMs: stage.boundMs * times };
}

async function runAll(stages: readonly Stage[], seeds: string | undefined): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const extra: Record<string, string> = seeds === undefined ? {} : { IAPEER_SIM_SEEDS: seeds };
  const options = { project, env: process.env, extra, signal: interrupted.signal };
  const results: StageResult[] = [];
  const begun = performance.now();
  const lanes = Math.min(LANES_MAX, availableParallelism());
  await runInOrder(stages, lanes, async (stage) => {
    if (interrupted.signal.aborted) return;
    const result = await runStage(stage, options);
    results.push(result);
    out(progress(result));
  });
  report(results);
  out(`\n${((performance.now() - begun) / 1000).toFixed(0)} s in all\n`);
  const total = sum(results);
  out(`${total.passed} passed, ${total.failed} failed${skips(total.skipped)}\n`);
  if (interrupted.signal.aborted) return 130;
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

const skips = (count: number): string => (count === 0 ? "" : `, ${count} skipped`);

/** "stage: counts" and not the plain line itself, which stands for the whole suite only. */
function progress({ name, ms, passed, failed, skipped }: StageResult): string {
  const mark = failed === 0 ? "ok" : "FAILED";
  const counts = `${passed} ok${failed === 0 ? "" : `, ${failed} not ok`}${skips(skipped)}`;
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  return `${mark.padEnd(7)}${name.padEnd(11)}${seconds.padStart(8)}   ${counts}\n`;
}

function report(results: readonly StageResult[]): void {
  for (const { name, reasons } of results)
    for (const reason of reasons) out(`${name}: ${reason}\n`);
  for (const result of results.filter(({ failed }) => failed > 0)) {
    out(`\n==== ${result.name}\n${result.output.trimEnd()}\n`);
    for (const trouble of result.troubles) out(`${result.name}: ${trouble}\n`);
  }
}

const sum = (results: readonly StageResult[]): Record<"passed" | "failed" | "skipped", number> => ({
  passed: results.reduce((all, { passed }) => all + passed, 0),
  failed: results.reduce((all, { failed }) => all + failed, 0),
  skipped: results.reduce((all, { skipped }) => all + skipped, 0),
});

process.exitCode = await main(process.argv.slice(2));
