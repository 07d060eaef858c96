// Next steps about a presence that is not its peer's default one carry --runtime.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { GenerationId } from "../../src/core/names.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const typed of [
    ["create", "two", "--runtime", "command", "-q", "--", "/bin/cat"],
    ["add-runtime", "two", "claude"],
    ["default-runtime", "two", "claude"],
  ]) {
    expect(await scratch.type(typed)).toMatchObject({ code: 0 });
  }
});
afterEach(() => scratch.remove());

test("logs of one that has printed nothing", async () => {
  const next = async (...more: readonly string[]) =>
    (await scratch.type(["logs", "two", ...more])).err.split("\n").at(-2);
  expect(await next("-r", "command")).toBe("  next: iapeer wake two -r command");
  expect(await next("-r", "claude")).toBe("  next: iapeer wake two");
  expect(await next()).toBe("  next: iapeer wake two");
});

test("stop --preview says what would start it again", async () => {
  const shown = async (...more: readonly string[]) =>
    (await scratch.type(["stop", "two", "--preview", ...more])).out;
  expect(await shown()).toBe("would stop two until iapeer start two\n");
  expect(await shown("-r", "command")).toBe(
    "would stop command-two until iapeer start two -r command\n",
  );
});

test("status on one that is crash-looped", async () => {
  scratch.observe = (row) => ({
    ...row,
    runtimes: row.runtimes.map((it) => ({ ...it, state: "crash-looped" as const })),
  });
  const { out } = await scratch.type(["status"]);
  expect(out).toContain("iapeer why two; iapeer new two -r command starts it again\n");
  expect(out).toContain("iapeer why two; iapeer new two starts it again\n");
  const first = "next: iapeer daemon start comes first; iapeer why two; iapeer new two";
  expect(out).toContain(`${first} starts it again\n`);
  scratch.answer = scratch.directAnswer;
  const running = (await scratch.type(["status"])).out;
  scratch.answer = undefined;
  expect(running).toContain("next: iapeer why two; iapeer new two starts it again\n");
});

test("attach to one whose socket is not known", async () => {
  const generation = "20260131T080000000Z-abcd" as GenerationId;
  scratch.observe = (row) => ({
    ...row,
    runtimes: row.runtimes.map((it) => ({ ...it, state: "alive" as const, generation })),
  });
  const attached = await scratch.type(["attach", "two", "-r", "command"], { tty: true });
  expect(attached.err).toEndWith("\n  next: iapeer new two -r command\n");
});
