// A real program for another processor than this host's, and half of one (ports/exec.ts): what
// cannot be executed is told from what the system has no room for.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { whyRefused } from "../../src/effects/exec-format.ts";
import { createProcesses } from "../../src/effects/processes.ts";

const exec = createExec(createClock(), createProcesses());
const dir = mkdtempSync(`${tmpdir()}/iapeer-exec-`);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("it is not executable, and no lack of room for a process", async () => {
  const ours = readFileSync(process.execPath).subarray(0, 4096);
  const foreign = Buffer.from(ours);
  foreign.writeUInt8(foreign.readUInt8(18) ^ 0xff, 18); // ELF's machine
  foreign.writeUInt8(foreign.readUInt8(4) ^ 0x03, 4); // ELF's class, Mach-O's processor
  for (const [name, bytes] of [["foreign", foreign], ["short", ours.subarray(0, 6)]] as const) {
    writeFileSync(`${dir}/${name}`, bytes, { mode: 0o700 });
    writeFileSync(`${dir}/by-${name}`, `#!${dir}/${name} -e\n`, { mode: 0o700 });
    for (const file of [`${dir}/${name}`, `${dir}/by-${name}`]) {
      const outcome = await exec.run({ argv: [file], timeoutMs: 10_000 });
      expect(outcome).toMatchObject({ state: "not-executable", exitCode: null });
      expect(outcome.stderr).toBe(`${file}: exec format error`);
    }
  }
});

test("a script that a script runs is a program like any: it lacked room", () => {
  writeFileSync(`${dir}/inner`, "#!/bin/sh\n", { mode: 0o700 });
  writeFileSync(`${dir}/outer`, `#!${dir}/inner\n`, { mode: 0o700 });
  const code = (file: string) => whyRefused({ argv: [`${dir}/${file}`], timeoutMs: 1 }).code;
  expect([code("inner"), code("outer")]).toEqual(["EAGAIN", "EAGAIN"]);
});
