// What a daemon says where it has failed at a question: its log tells more, unless the program that
// it runs from is no longer there to go on with.

import { expect, test } from "bun:test";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bugAnswer } from "../../src/daemon/api/bug-answer.ts";
import { preparedPlace } from "../flows/root-host.ts";

test("a program that was removed is said to be, with what to do; another bug is in the log", () => {
  using place = preparedPlace();
  const main = join(place.dir, "main.js");
  writeFileSync(main, "");
  const host = { ...place.host, facts: { ...place.host.facts, program: ["bun", main] } };
  const said = () => bugAnswer(host, "ENOENT reading index-1.js").error;
  const seeLog = { code: "bug", message: "see lifecycle.log", next: "iapeer daemon status" };
  expect(said()).toEqual(seeLog);
  rmSync(main);
  expect(said()).toMatchObject({ code: "program-gone", next: "iapeer daemon restart" });
  expect(said().message).toContain(main);
  // Nobody can tell.
  symlinkSync(main, main);
  expect(said()).toEqual(seeLog);
});

test("one that runs from no file of its own has lost none", () => {
  using place = preparedPlace();
  const host = { ...place.host, facts: { ...place.host.facts, program: ["/opt/iapeer"] } };
  expect(bugAnswer(host, "a bug").error).toMatchObject({ code: "bug" });
});
