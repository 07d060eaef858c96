// The transcripts of the facts page that no rule of the fake shows by itself (launchctl-rules),
// numbered as there.

import { describe, expect, test } from "bun:test";
import { parsePrint } from "../../src/formats/launchctl-print.ts";
import { until } from "../cli/program.ts";
import {
  AT,
  closeAfterEach,
  LABEL,
  launchd,
  load,
  running,
  script,
  seen,
  TIMEOUT_MS,
} from "./launchctl-scene.ts";

closeAfterEach();

describe("transcripts that no rule above shows", () => {
  test("3: ten times 5 right after bootout, the eleventh 0", () => {
    const fake = launchd({ refuseBootstrap: { times: 10, code: 5 } });
    const codes = Array.from({ length: 11 }, () => load(fake).code);
    expect(codes).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0]);
  });

  test("4: 37, Operation already in progress", () => {
    const fake = launchd({ refuseBootstrap: { times: 1, code: 37 } });
    const err = "Bootstrap failed: 37: Operation already in progress\n";
    expect(load(fake)).toMatchObject({ code: 37, err });
  });

  test(
    "10: SIGTERMed right after bootout, then bootstrap 5",
    async () => {
      const fake = launchd({ secondMs: 100 });
      load(fake, { ...script("trap '' TERM; exec sleep 1000000"), ExitTimeOut: 10 });
      await running(fake);
      fake.run("bootout", AT);
      await until("SIGTERMed", () => seen(fake).state === "SIGTERMed");
      expect(load(fake).code).toBe(5);
    },
    TIMEOUT_MS,
  );

  test("11: a crash loop", () => {
    const text = [
      "com.x = {",
      "\tstate = running",
      "\truns = 38771",
      "\timmediate reason = inefficient",
      "\tlast exit code = 1",
      "\tproperties = keepalive | runatload | inferred program | managed LWCR | has LWCR",
      "}",
    ].join("\n");
    expect(parsePrint(text)).toMatchObject({ state: "running", runs: 38_771, lastExitCode: "1" });
  });

  test("12: spawn scheduled after a code-signing kill", () => {
    const text = "\tstate = spawn scheduled\n\tlast exit reason = OS_REASON_CODESIGNING\n";
    expect(parsePrint(text)).toMatchObject({ state: "spawn scheduled", pid: null });
  });

  test(
    "13: not running, never exited, though bootstrap said 0",
    async () => {
      const fake = launchd();
      expect(load(fake, { RunAtLoad: false }).code).toBe(0);
      await until("the job", () => (fake.job("gui/501", LABEL)?.keeper ?? null) !== null);
      const expected = { state: "not running", lastExitCode: "(never exited)", pid: null };
      expect(seen(fake)).toMatchObject(expected);
    },
    TIMEOUT_MS,
  );
});
