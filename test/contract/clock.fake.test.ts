// The fake clock keeps the contract of the real one.

import { FakeClock } from "../fakes/clock.ts";
import { pass, VirtualTime } from "../fakes/time.ts";
import { clockSuite } from "./clock.suite.ts";

clockSuite("fake", () => {
  const time = new VirtualTime();
  return { clock: new FakeClock(time), pass: (ms) => pass(time, ms) };
});
