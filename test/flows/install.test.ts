// `iapeer install` cut off after each change that it makes: the next run completes it; and
// `uninstall` takes away all that is there, whatever the run before was cut off at.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "../../src/effects/exec.ts";
import { createIds } from "../../src/effects/ids.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { installProgram, rollBack } from "../../src/flows/install/install.ts";
import { uninstall } from "../../src/flows/install/uninstall.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import type { Host } from "../../src/ports/host.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { must, openHost } from "./root-host.ts";

const TIMEOUT_MS = 30_000;
const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-install-")));
const home = join(dir, "home");
const share = join(home, ".local/share/iapeer");
const source = join(dir, "source");
const bun = join(dir, "bun");
let version = 1;

beforeAll(() => {
  mkdirSync(join(source, "src"), { recursive: true });
  mkdirSync(home);
  writeFileSync(bun, "a bun\n", { mode: 0o755 });
  release(1);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A new version of the source. */
function release(minor: number): void {
  version = minor;
  const manifest = { name: "iapeer", version: `0.${minor}.0` };
  writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
}

const done = (state: RunOutcome["state"]): RunOutcome => ({
  state,
  exitCode: state === "ok" ? 0 : 1,
  signal: null,
  stdout: "",
  stderr: "",
  ms: 1,
});

/** In place of `bun build`: one file that names the version. */
function bundle({ argv }: RunSpec): RunOutcome {
  const out = argv.at(-1) ?? "";
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "main.js"), `version ${version}\n`);
  return done("ok");
}

class CutOff extends Error {}

/** Dies at its change number `at`; never, when it is absent. */
function context(at = Number.POSITIVE_INFINITY): ServiceContext {
  let changes = 0;
  const step = <T>(change: () => T): T => {
    if (changes >= at) throw new CutOff();
    changes += 1;
    return change();
  };
  const base = openHost(join(home, "r"));
  const exec = createExec(createClock(), createProcesses());
  const { files } = base;
  const host: Host = {
    ...base,
    facts: { ...base.facts, home, program: [bun, join(source, "src/main.ts")] },
    ids: createIds(),
    files: {
      ...files,
      makeFolder: (path, mode) => step(() => files.makeFolder(path, mode)),
      writeAtomic: (path, text, options) => step(() => files.writeAtomic(path, text, options)),
      rename: (from, to) => step(() => files.rename(from, to)),
      remove: (path) => step(() => files.remove(path)),
      removeTree: (path) => step(() => files.removeTree(path)),
    },
    exec: {
      ...exec,
      run: (spec) =>
        step(() =>
          spec.argv[1] === "build" ? Promise.resolve(bundle(spec)) : exec.run(spec),
        ),
    },
  };
  const status = { schema: "iapeer.daemon.v1", state: "not-running" } as const;
  return {
    host,
    services: fakeServices(new FakeServiceManager()),
    daemon: {
      status: () => Promise.resolve(status),
      stop: () => Promise.resolve({ state: "no-daemon" }),
    },
  };
}

const inUse = (): string => readFileSync(join(share, "current/main.js"), "utf8");

/** Everything in the folder that is not one of the two versions, nor what belongs there. */
function strays(): readonly string[] {
  const kept = new Set(["bin", "current", "manifest.json", readlinkSync(join(share, "current"))]);
  const { previous } = JSON.parse(readFileSync(join(share, "manifest.json"), "utf8")) as {
    previous: string | null;
  };
  return readdirSync(share).filter((name) => !kept.has(name) && name !== previous);
}

async function cut(at: number): Promise<"whole" | "cut"> {
  return installProgram(context(at), {}).then(
    () => "whole" as const,
    (error: unknown) => {
      if (error instanceof CutOff) return "cut" as const;
      throw error;
    },
  );
}

describe("cut off anywhere", () => {
  test(
    "an update leaves the old version in use, or the new one; the next run completes it",
    async () => {
      must(await installProgram(context(), {}));
      for (let at = 0; ; at += 1) {
        const before = version;
        release(version + 1);
        const outcome = await cut(at);
        expect([`version ${before}\n`, `version ${version}\n`]).toContain(inUse());
        const done = must(await installProgram(context(), {}));
        expect(done.build).toStartWith(`0.${version}.0-`);
        expect(inUse()).toBe(`version ${version}\n`);
        expect(strays()).toEqual([]);
        if (outcome === "whole") {
          expect(at).toBeGreaterThan(6);
          return;
        }
      }
    },
    TIMEOUT_MS,
  );

  test(
    "a first install: uninstall takes away all of it",
    async () => {
      must(await uninstall(context(), { deleteData: false }));
      for (let at = 0; ; at += 1) {
        const outcome = await cut(at);
        // The next run, which knows what to take away, comes first only where nothing was noted.
        if (!existsSync(join(share, "manifest.json"))) must(await installProgram(context(), {}));
        must(await uninstall(context(), { deleteData: false }));
        expect(existsSync(share)).toBe(false);
        expect(existsSync(join(home, ".local/bin/iapeer"))).toBe(false);
        if (outcome === "whole") return;
      }
    },
    TIMEOUT_MS,
  );
});

test("a rollback changes places with the version before, and once more goes forward", async () => {
  release(100);
  must(await installProgram(context(), {}));
  release(101);
  must(await installProgram(context(), {}));
  expect(must(await rollBack(context()))).toMatchObject({ state: "rolled-back" });
  expect(inUse()).toBe("version 100\n");
  must(await rollBack(context()));
  expect(inUse()).toBe("version 101\n");
});

test("a launcher that is somebody else's is neither replaced nor deleted", async () => {
  must(await uninstall(context(), { deleteData: false }));
  const launcher = join(home, ".local/bin/iapeer");
  writeFileSync(launcher, "theirs\n");
  const refused = await installProgram(context(), {});
  expect(refused).toMatchObject({ ok: false, error: { code: "not-installed" } });
  must(await uninstall(context(), { deleteData: false }));
  expect(readFileSync(launcher, "utf8")).toBe("theirs\n");
});

test("what is no source of iapeer's is refused before anything is done", async () => {
  const refused = await installProgram(context(), { from: dir });
  expect(refused).toMatchObject({ ok: false, error: { code: "no-source", exit: 2 } });
});
