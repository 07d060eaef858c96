// argv: folder, name, lines, maxBytes, keep. Writes that many numbered events into exits.log.

import { createClock } from "../../../src/effects/clock.ts";
import { createFiles } from "../../../src/effects/files.ts";
import { createLogBook } from "../../../src/effects/log-book.ts";

const [dir = "", writer = "", lines = "0", maxBytes = "0", keep = "0"] = process.argv.slice(2);
const limits = { maxBytes: Number(maxBytes), keep: Number(keep) };
const log = createLogBook({
  config: { lifecycleLog: limits, exitsLog: limits, deliveryLog: limits },
  layout: {
    lifecycleLog: `${dir}/lifecycle.log`,
    exitsLog: `${dir}/exits.log`,
    deliveryLog: `${dir}/delivery.log`,
  },
  clock: createClock(),
  files: createFiles(),
});
let troubles = 0;
for (let n = 0; n < Number(lines); n += 1) {
  log.write("exits", { ev: "test", fields: { writer, n, text: "some words = \"more\"" } });
  if (log.trouble() !== null) troubles += 1;
}
console.log(troubles);
