// An independent reader of plists: Python's plistlib, the strictest of those that were measured.

import { spawnSync } from "node:child_process";

const PYTHON = Bun.which("python3");

const SCRIPT = `
import json, plistlib, sys
from xml.parsers import expat

texts = json.load(sys.stdin)
out = []
for text in texts:
    data = text.encode("utf-8", "surrogatepass")
    try:
        value = plistlib.loads(data, fmt=plistlib.FMT_XML)
    except Exception as error:
        out.append({"error": str(error)})
        continue
    keys, path, doubled = [], [], []
    parser = expat.ParserCreate()
    state = {"key": False, "text": ""}
    def start(name, attributes):
        if name == "dict": keys.append(set())
        state["key"] = name == "key"; state["text"] = ""
    def chars(part):
        if state["key"]: state["text"] += part
    def end(name):
        if name == "dict": keys.pop()
        if name == "key":
            if state["text"] in keys[-1]: doubled.append(state["text"])
            keys[-1].add(state["text"])
        state["key"] = False
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = chars
    parser.Parse(data, True)
    out.append({"value": value, "doubled": doubled})
print(json.dumps(out))
`;

export type PythonPlist =
  | { readonly value: unknown; readonly doubled: readonly string[] }
  | { readonly error: string };

/** All at once, since a python takes longer to start than to read. Null, said aloud: no python. */
export function readPlists(texts: readonly string[]): readonly PythonPlist[] | null {
  if (PYTHON === null) {
    console.warn("skipped plistlib: no python3, so plists are not read by an independent parser");
    return null;
  }
  const run = spawnSync(PYTHON, ["-c", SCRIPT], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`python3: ${run.stderr}`);
  return JSON.parse(run.stdout) as readonly PythonPlist[];
}
