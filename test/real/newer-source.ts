// Newer versions of this very source, to update to: one that is well, and one whose daemon dies.

import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "../cli/program.ts";

/** Version 9.9.9, in `dir`. */
export function newerSource(dir: string): string {
  cpSync(join(MAIN, "../"), join(dir, "src"), { recursive: true });
  symlinkSync(join(MAIN, "../../node_modules"), join(dir, "node_modules"));
  const manifest = JSON.parse(readFileSync(join(MAIN, "../../package.json"), "utf8")) as object;
  writeFileSync(join(dir, "package.json"), JSON.stringify({ ...manifest, version: "9.9.9" }));
  return dir;
}

/** Its daemon ends as soon as it begins; its other verbs work. */
export function brokenSource(dir: string): string {
  const run = join(newerSource(dir), "src/daemon/run.ts");
  const text = readFileSync(run, "utf8");
  const begins = "  const { host } = deps;\n  const prepared";
  if (!text.includes(begins)) throw new Error(`${run} does not begin as expected`);
  const ends = `  if (deps.host) throw new Error("broken");\n${begins}`;
  writeFileSync(run, text.replace(begins, ends));
  return dir;
}
