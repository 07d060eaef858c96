// An independent reader: what we write as JSON must be JSON to others too.

import { spawnSync } from "node:child_process";

const PYTHON = Bun.which("python3");

/** What python3 reads, printed again; null, said aloud, where there is no python3. */
export function readByPython(text: string): unknown {
  if (PYTHON === null) {
    console.warn("SKIPPED: no python3, so JSON is not read by an independent parser");
    return null;
  }
  const script = "import json,sys; print(json.dumps(json.loads(sys.stdin.buffer.read())))";
  const run = spawnSync(PYTHON, ["-c", script], { input: text, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`python3 refuses it: ${run.stderr}`);
  return JSON.parse(run.stdout);
}
