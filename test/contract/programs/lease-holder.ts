// argv: file. Holds the lease and starts children in every way that we have; says their pids.

import { createClock } from "../../../src/effects/clock.ts";
import { createExec } from "../../../src/effects/exec.ts";
import { createLease } from "../../../src/effects/lease.ts";
import { createProcesses } from "../../../src/effects/processes.ts";

const [file = ""] = process.argv.slice(2);
const clock = createClock();
const exec = createExec(clock, createProcesses());
const outcome = createLease().acquire(file);
const detached = exec.detach({ argv: ["sleep", "300"] });
const run = await exec.run({
  argv: ["sh", "-c", "sleep 300 > /dev/null 2>&1 & echo $!"],
  timeoutMs: 10_000,
});
const direct = Bun.spawn(["sleep", "300"], { stdio: ["ignore", "ignore", "ignore"] });
const pids = [
  detached.state === "spawned" ? detached.process.pid : 0,
  Number(run.stdout),
  direct.pid,
];
console.log(JSON.stringify({ state: outcome.state, pids }));
await clock.sleep(300_000);
