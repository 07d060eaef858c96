// Runs flooding providers, as many at once as are asked for, in a process of its own, so that its
// memory can be measured: how far the peak grew above what a quiet provider had already cost.

import { readFileSync } from "node:fs";
import { runProvision } from "../../../src/flows/provision/run.ts";
import { Place } from "../place.ts";

const residentKb = (field: "VmRSS" | "VmHWM"): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

using at = new Place({ provisionTimeoutMs: 110_000 });
const run = (script: string) => runProvision(at.host, { argv: ["/bin/sh", "-c", script] });
await run("echo quiet; echo quiet >&2");
const before = residentKb("VmRSS");
const [script = "", count = "1"] = process.argv.slice(2);
const outcomes = await Promise.all(Array.from({ length: Number(count) }, () => run(script)));
const grownMb = Math.round((residentKb("VmHWM") - before) / 1024);
const told = outcomes.map(({ state, detail }) => ({ state, detail }));
process.stdout.write(JSON.stringify({ outcomes: told, grownMb }));
