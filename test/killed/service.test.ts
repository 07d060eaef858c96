// `daemon install`, `restart` and `uninstall`, killed with SIGKILL at every point, over each
// service manager: the next run completes it, with one daemon, or leaves none and no file.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isUp } from "../../src/flows/service/answers.ts";
import {
  installDaemon,
  restartDaemon,
  uninstallDaemon,
} from "../../src/flows/service/daemon-service.ts";
import { holder } from "../../src/flows/service/context.ts";
import { until } from "../cli/program.ts";
import { startUserSystemd } from "../contract/user-systemd.ts";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { must } from "../flows/root-host.ts";
import { runKilled } from "./killer.ts";
import { ServicePlace, type PlaceSpec } from "./service-place.ts";

const TIMEOUT_MS = 220_000;
const PROGRAM = join(import.meta.dir, "programs/killed-service.ts");
const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "iap-killed-")));

async function killedEverywhere(spec: PlaceSpec, pointsMin: number): Promise<void> {
  const place = new ServicePlace(spec);
  try {
    for (let at = 0; (await killedAt(place, spec, at)) === "killed"; at += 1) {
      if (at > 100) throw new Error("it never comes to its end");
      points.set(spec.manager, at + 1);
    }
    expect(points.get(spec.manager)).toBeGreaterThanOrEqual(pointsMin);
  } finally {
    place.close();
  }
}

const points = new Map<string, number>();

/** Every verb, killed at this point; `whole` when none has that many. */
async function killedAt(place: ServicePlace, spec: PlaceSpec, at: number) {
  const { manager } = spec;
  const killed = (verb: string) => runKilled([PROGRAM, JSON.stringify(spec), String(at), verb]);
  const outcomes = [await killed("install")];
  const { answer } = must(await installDaemon(place.context(), { manager, trace: [] }));
  expect({ at, answer, isUp: isUp(answer) }).toMatchObject({ at, isUp: true });
  expect(place.daemons()).toHaveLength(1);
  expect(holder(place.context()).name).toBe(manager);
  outcomes.push(await killed("restart"));
  const restarted = await restartDaemon(place.context());
  expect({ at, restarted, isUp: isUp(restarted) }).toMatchObject({ at, isUp: true });
  await until("one daemon", () => place.daemons().length === 1);
  outcomes.push(await killed("uninstall"));
  expect(await uninstallDaemon(place.context())).toMatchObject({ state: "not-loaded" });
  await until("no daemon", () => place.daemons().length === 0);
  expect({ at, left: place.files() }).toEqual({ at, left: [] });
  return outcomes.includes("killed") ? "killed" : "whole";
}

describe("killed anywhere", () => {
  test.concurrent(
    "embedded",
    async () => {
      await killedEverywhere({ manager: "embedded", dir: folder() }, 6);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    "launchd",
    async () => {
      const fake = new FakeLaunchd();
      try {
        const launchctl = fake.program;
        await killedEverywhere({ manager: "launchd", dir: folder(), launchctl }, 10);
      } finally {
        await fake.close();
      }
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    "systemd, over a real user manager",
    async () => {
      const dir = folder();
      const started = await startUserSystemd(dir);
      if (!started.ok) {
        console.warn(`skipped systemd, killed anywhere: ${started.error}`);
        rmSync(dir, { recursive: true });
        return;
      }
      try {
        await killedEverywhere({ manager: "systemd", dir, env: started.value.env }, 10);
      } finally {
        await started.value.close();
        rmSync(dir, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );
});
