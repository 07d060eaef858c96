// The fake clock keeps the contract of the real one.

import { FakeClock } from "../fakes/clock.ts";
import { turn, VirtualTime } from "../fakes/time.ts";
import { clockSuite } from "./clock.suite.ts";

clockSuite("fake", () => {
  const time = new VirtualTime();
  const pass = async (ms: number) => {
    const until = time.mono() + ms;
    await turn();
    while (time.fireNext(until)) await turn();
    time.passTo(until);
  };
  return { clock: new FakeClock(time), pass };
});
