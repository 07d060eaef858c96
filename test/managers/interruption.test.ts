// SIGKILL between any two effects (issue: "interrupted at any step"): the process is cut off after
// its first, second, … change of the world, and the next run completes it, or undoes it. Over the
// fake launchd, which goes on with what it was asked.

import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { createLaunchd } from "../../src/managers/launchd/manager.ts";
import type { ManagerDeps } from "../../src/managers/deps.ts";
import type { ServiceManager } from "../../src/ports/service-manager.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { inScene, YES, type Scene } from "./launchd-scenarios.ts";

const TIMEOUT_MS = 60_000;
const LABEL = "com.iapeer.daemon";

class CutOff extends Error {}

/** Dies at its change number `at`, counted from 0: before it, or right after it. */
function cutOff(deps: ManagerDeps, at: number): { deps: ManagerDeps; changes: () => number } {
  let changes = 0;
  let dead = false;
  const step = <T>(change: () => T): T => {
    if (dead || changes === at) {
      dead = true;
      throw new CutOff();
    }
    changes += 1;
    return change();
  };
  const { files, exec } = deps;
  const asks = (argv: readonly string[]) => argv[1]?.startsWith("print") === true;
  return {
    changes: () => changes,
    deps: {
      ...deps,
      files: {
        ...files,
        makeFolder: (path, mode) => step(() => files.makeFolder(path, mode)),
        writeAtomic: (path, text, options) => step(() => files.writeAtomic(path, text, options)),
        remove: (path) => step(() => files.remove(path)),
      },
      exec: {
        ...exec,
        run: (spec) => (asks(spec.argv) ? exec.run(spec) : step(() => exec.run(spec))),
      },
    },
  };
}

function depsOf({ dir, fake }: Scene): ManagerDeps {
  const place = { home: `${dir}/home`, root: `${dir}/root`, launchctl: fake.program, uid: 501 };
  return managerDeps({ ...place, limits: { stableMs: 40, proofMs: 5000 } });
}

const loadedIn = ({ fake }: Scene): readonly string[] =>
  ["gui/501", "user/501"].filter((domain) => fake.job(domain, LABEL) !== null);

/** Cuts `act` off at each of its changes in turn; `after` says what must come of the next run. */
async function cutEverywhere(
  scene: Scene,
  spec: {
    readonly prepare: (manager: ServiceManager) => Promise<unknown>;
    readonly act: (manager: ServiceManager) => Promise<unknown>;
    readonly after: (manager: ServiceManager) => Promise<void>;
  },
): Promise<number> {
  const whole = createLaunchd(depsOf(scene));
  for (let at = 0; ; at += 1) {
    await spec.prepare(whole);
    const cut = cutOff(depsOf(scene), at);
    const outcome = await spec.act(createLaunchd(cut.deps)).then(
      () => "whole",
      (error: unknown) => {
        if (error instanceof CutOff) return "cut";
        throw error;
      },
    );
    // A manager made anew, as the next process makes one.
    await spec.after(createLaunchd(depsOf(scene)));
    if (outcome === "whole") return at;
  }
}

describe("cut off anywhere", () => {
  test.concurrent(
    "a first install: the next one completes it, and there is one job",
    () =>
      inScene(createLaunchd, {}, async (scene) => {
        const job = scene.job();
        const points = await cutEverywhere(scene, {
          prepare: (manager) => manager.remove(DAEMON_JOB),
          act: (manager) => manager.install(job, YES),
          after: async (manager) => {
            const { state } = await manager.install(job, YES);
            expect(["loaded", "already-loaded"]).toContain(state);
            expect(loadedIn(scene)).toEqual(["gui/501"]);
          },
        });
        expect(points).toBeGreaterThanOrEqual(5);
      }),
    TIMEOUT_MS,
  );

  test.concurrent(
    "an upgrade: the next install has the new one loaded, not the old one",
    () =>
      inScene(createLaunchd, {}, async (scene) => {
        // It keeps its arguments, by which it is told.
        const old = scene.job("while :; do sleep 1; done");
        const next = { ...old, argv: [...old.argv, "new"], build: "2" };
        const points = await cutEverywhere(scene, {
          prepare: (manager) => manager.install(old, YES),
          act: (manager) => manager.install(next, YES),
          after: async (manager) => {
            const { state } = await manager.install(next, YES);
            expect(["loaded", "already-loaded"]).toContain(state);
            const pid = scene.fake.job("gui/501", LABEL)?.pid ?? 0;
            const argv = await Bun.file(`/proc/${pid}/cmdline`).text();
            expect(argv.split("\u0000")).toContain("new");
          },
        });
        expect(points).toBeGreaterThanOrEqual(5);
      }),
    TIMEOUT_MS,
  );

  test.concurrent(
    "a removal: the next one completes it, and nothing is left",
    () =>
      inScene(createLaunchd, {}, async (scene) => {
        const job = scene.job();
        await cutEverywhere(scene, {
          prepare: (manager) => manager.install(job, YES),
          act: (manager) => manager.remove(DAEMON_JOB),
          after: async (manager) => {
            expect(await manager.remove(DAEMON_JOB)).toMatchObject({ state: "not-loaded" });
            expect(loadedIn(scene)).toEqual([]);
            expect(existsSync(manager.fileOf(DAEMON_JOB) ?? "")).toBe(false);
          },
        });
      }),
    TIMEOUT_MS,
  );
});
