// argv: file, rounds. Adds 1 to the number in the file, that often, each time under its lock; says
// how often it found somebody else inside.

import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";

import { createClock } from "../../../src/effects/clock.ts";
import { createLock } from "../../../src/effects/lock.ts";

const [file = "", rounds = "0"] = process.argv.slice(2);
const clock = createClock();
const lock = createLock(clock);
let intruders = 0;
let failures = 0;

for (let round = 0; round < Number(rounds); round += 1) {
  const outcome = await lock.withLock(file, async () => {
    try {
      closeSync(openSync(`${file}.inside`, "wx"));
    } catch {
      intruders += 1;
      return;
    }
    const count = Number(readFileSync(file, "utf8"));
    await clock.sleep(0);
    writeFileSync(file, String(count + 1));
    unlinkSync(`${file}.inside`);
  }, 60_000);
  if (!outcome.ok) failures += 1;
}
console.log(JSON.stringify({ intruders, failures }));
