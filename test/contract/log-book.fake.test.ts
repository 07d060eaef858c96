// The fake log book keeps the contract of the real one, but for rotation.

import { layout } from "../../src/core/layout.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FakeFiles } from "../fakes/files.ts";
import { FakeLogBook } from "../fakes/log-book.ts";
import { VirtualTime } from "../fakes/time.ts";
import { logBookSuite } from "./log-book.suite.ts";

logBookSuite("fake", () => {
  const time = new VirtualTime();
  const files = new FakeFiles({ wall: () => time.wall(), mono: () => time.mono(), uid: 1000 });
  const paths = layout("/root");
  files.makeFolder(paths.logsDir);
  return {
    log: new FakeLogBook({ files, clock: new FakeClock(time), layout: paths }),
    text: (log) => {
      const read = files.read(`${paths.logsDir}/${log}.log`);
      return read.state === "ok" ? read.text : "";
    },
    breakDisk: () => {
      files.full = true;
    },
    mendDisk: () => {
      files.full = false;
    },
  };
});
