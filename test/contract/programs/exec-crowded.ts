// Uses up its descriptors and says what its effects answer then, and once there is room again.

import { closeSync, openSync } from "node:fs";

import { createClock } from "../../../src/effects/clock.ts";
import { createExec } from "../../../src/effects/exec.ts";
import { createProcesses } from "../../../src/effects/processes.ts";

const processes = createProcesses();
const exec = createExec(createClock(), processes);
// Everything that is loaded on first use is loaded now.
await exec.run({ argv: ["true"], timeoutMs: 10_000 });

const descriptors: number[] = [];

function useUp(): void {
  try {
    for (;;) descriptors.push(openSync("/dev/null", "r"));
  } catch {
    return;
  }
}

/** `prepare` comes before each: what one leaves may be room for the next. */
async function look(prepare: () => void) {
  prepare();
  const { state: run } = await exec.run({ argv: ["true"], timeoutMs: 10_000 });
  prepare();
  const { state: detach } = exec.detach({ argv: ["true"] });
  prepare();
  const found = processes.identify(process.ppid);
  const identify = found === null || found === "unknown" ? found : "ref";
  return { run, detach, identify };
}

const crowded = await look(useUp);
for (const descriptor of descriptors) closeSync(descriptor);
console.log(JSON.stringify({ crowded, after: await look(() => undefined) }));
