// The host's own clocks.

import { expect, test } from "bun:test";

import { createClock, portableClocks } from "../../src/effects/clock.ts";
import { clockSuite } from "./clock.suite.ts";

clockSuite("host", () => {
  const clock = createClock();
  return { clock, pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
});

test("the boot clock is the kernel's", async () => {
  if (process.platform !== "linux") {
    console.warn("skipped: /proc/uptime is Linux's");
    return;
  }
  const uptime = Number.parseFloat(await Bun.file("/proc/uptime").text()) * 1000;
  expect(Math.abs(createClock().bootMs() - uptime)).toBeLessThan(1000);
});

test("without a C library the clocks still go on", () => {
  const clocks = portableClocks();
  const mono = clocks.mono();
  expect(clocks.mono()).toBeGreaterThanOrEqual(mono);
  expect(Math.abs(clocks.boot() - createClock().bootMs())).toBeLessThan(1000);
});
