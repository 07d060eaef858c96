// More seeds on demand, or one seed told step by step:
// `bun test/sim/run.ts --from 1 --count 10000`, `bun test/sim/run.ts --seed 42`.

import { parseArgs } from "node:util";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    sabotage: { type: "string" },
    stop: { type: "boolean", default: false },
    "programs-go": { type: "boolean", default: false },
    "log-rotates": { type: "boolean", default: false },
  },
});

const sabotage = values.sabotage === undefined ? undefined : SABOTAGES[values.sabotage];
const broken = {
  programsGo: values["programs-go"],
  logRotates: values["log-rotates"],
  ...(sabotage === undefined ? {} : { sabotage }),
};

const kinds = new Map<string, number>();

if (values.seed !== undefined) {
  const seed = Number(values.seed);
  const trace = (line: string) => console.log(line);
  const { violations } = await simulate({ seed, create: createSupervisor, trace, ...broken });
  console.log(violations.length === 0 ? "no violation" : violations.join("\n"));
  if (violations.length > 0) process.exitCode = 1;
} else await many();

/** The same complaint about another generation is one kind. */
function note(violation: string): void {
  const kind = violation.replaceAll(/\d{8}T\S+|\/\S+|\w+-p\d-\S+|\d+/g, "…");
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

async function many(): Promise<void> {
  const from = Number(values.from);
  const count = Number(values.count);
  let failed = 0;
  let generations = 0;
  const begun = performance.now();
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await simulate({ seed, create: createSupervisor, ...broken });
    generations += outcome.generations;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    process.exitCode = 1;
    console.log(`seed ${seed}: ${outcome.violations[0]}`);
    note(outcome.violations[0] ?? "");
    if (values.stop) break;
  }
  for (const [kind, times] of kinds) console.log(`${times} x ${kind}`);
  const ms = performance.now() - begun;
  const each = (ms / count).toFixed(2);
  console.log(`${count} seeds, ${failed} failed, ${generations} generations, ${each} ms a seed`);
}
