// Watches a child, ends it, and says that it was told; bundled and compiled by a test.

import { createClock } from "../../../src/effects/clock.ts";
import { createDeathWatch } from "../../../src/effects/death-watch/death-watch.ts";
import { createProcesses } from "../../../src/effects/processes.ts";

const clock = createClock();
const processes = createProcesses();
const watch = createDeathWatch({ deathWatch: "auto", sweepMs: 60_000 }, clock, processes);
const told = new AbortController();
const child = Bun.spawn(["sleep", "300"]);
const ref = processes.identify(child.pid);
if (ref !== null && ref !== "unknown") {
  watch.arm(ref, () => {
    console.log(`told by ${watch.mechanism}`);
    watch.close();
    told.abort();
  });
}
child.kill("SIGKILL");
// The watch itself keeps no process alive.
await clock.sleep(15_000, told.signal);
