// argv: file. Takes the lock, says so, and holds it until a line comes on stdin.

import { createLock } from "../../../src/effects/lock.ts";

const [file = ""] = process.argv.slice(2);
const outcome = await createLock().withLock(file, async () => {
  console.log("held");
  for await (const line of console) {
    return line;
  }
  return "closed";
});
console.log(JSON.stringify(outcome));
