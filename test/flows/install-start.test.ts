// A version that does not start is refused before it is put in use, and nothing is changed.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { doesStart } from "../../src/flows/install/does-start.ts";
import { installProgram, rollBack, updateProgram } from "../../src/flows/install/install.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import { InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

let place = new InstallPlace();
beforeEach(() => {
  place.remove();
  place = new InstallPlace();
});
afterEach(() => place.remove());

const ENDED = { state: "failed", exitCode: 9, signal: null, stdout: "", stderr: "oh\n", ms: 1 };

/** Every version answers `--version` like this. */
function answering(outcome: object): ServiceContext {
  const whole = place.context();
  const { exec } = whole.host;
  const run = (spec: RunSpec): Promise<RunOutcome> =>
    spec.argv[2] === "--version"
      ? Promise.resolve({ ...(ENDED as RunOutcome), ...outcome })
      : exec.run(spec);
  return { ...whole, host: { ...whole.host, exec: { ...exec, run } } };
}

/** All that install has made, but for the lock's own. */
const made = () => [
  readdirSync(place.share).toSorted(),
  readFileSync(join(place.share, "manifest.json"), "utf8"),
  place.inUse(),
];

test.each([
  [{}, "its --version ended with 9: oh"],
  [{ exitCode: null, signal: "SIGSEGV", stderr: "" }, "its --version ended by SIGSEGV"],
  [{ state: "timeout", stderr: "" }, "its --version was not through after 20 s"],
  [{ state: "ok", stdout: "0.9.0\n", stderr: "" }, "its --version does not answer 0.2.0: 0.9.0"],
])("an update that answers like this changes nothing: %j", async (outcome, why) => {
  must(await installProgram(place.context(), {}));
  const before = made();
  place.release(2);
  const refused = await updateProgram(answering(outcome), {});
  const next = `in ${place.source}: correct it, and run it again; nothing was changed`;
  expect(refused).toMatchObject({ ok: false, error: { code: "does-not-start", why, next } });
  expect(made()).toEqual(before);
  must(await updateProgram(place.context(), {}));
  expect(place.inUse()).toBe("version 2\n");
});

test("nor is it installed the first time, and nothing is made", async () => {
  const refused = await installProgram(answering({}), {});
  expect(refused).toMatchObject({ ok: false, error: { code: "does-not-start" } });
  expect(readdirSync(place.home)).toEqual([]);
});

test("nor gone back to", async () => {
  must(await installProgram(place.context(), {}));
  place.release(2);
  must(await updateProgram(place.context(), {}));
  const old = readdirSync(place.share).find((name) => name.startsWith("0.1.0-")) ?? "";
  writeFileSync(join(place.share, old, "main.js"), "broken\n");
  const before = made();
  const refused = await rollBack(place.context());
  const what = `${old} does not start, and was not put in use`;
  expect(refused).toMatchObject({ ok: false, error: { code: "does-not-start", what } });
  expect(made()).toEqual(before);
});

describe("by a real bun", () => {
  const folder = mkdtempSync(join(tmpdir(), "iap-start-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("its exit code and its answer both count", async () => {
    const { host } = place.context();
    const exec = createExec(createClock(), createProcesses());
    const real = { ...host, exec, facts: { ...host.facts, program: [process.execPath] } };
    const tried = { main: join(folder, "main.js"), version: "1.2.3", called: "it", next: "" };
    const answers = async (text: string) => {
      writeFileSync(tried.main, text);
      const started = await doesStart(real, tried);
      return started.ok ? "starts" : started.error.why;
    };
    expect(await answers("console.log('1.2.3')")).toBe("starts");
    expect(await answers("console.log('1.2.3'); process.exit(9)")).toContain("ended with 9");
    const lacking = await answers("import './nope.js'");
    expect(lacking).toContain("its --version ended with 1: error: ");
    const thrown = await answers("\n\nthrow new TypeError('no such thing');");
    expect(thrown).toContain("ended with 1: TypeError: no such thing");
    expect(`${lacking}${thrown}`).not.toMatch(/[\n^]/);
    expect(await answers("console.log('1.2')")).toBe("its --version does not answer 1.2.3: 1.2");
  });
});
