// A peer that writes down what it was given, argv, environment and folder, and every line that is
// typed into it; a line `quit` ends it. What arrives is then compared byte by byte.

import { appendFileSync, renameSync, writeFileSync } from "node:fs";

const seen = { argv: process.argv.slice(2), env: process.env, cwd: process.cwd() };
writeFileSync("seen.tmp", JSON.stringify(seen));
renameSync("seen.tmp", "seen.json");
process.stdout.write("mirror is ready\n");

let rest = "";
for await (const chunk of process.stdin) {
  rest += String(chunk);
  const lines = rest.split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    appendFileSync("heard.txt", `${line}\n`);
    if (line === "quit") process.exit(3);
  }
}
