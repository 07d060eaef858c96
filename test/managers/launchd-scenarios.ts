// Scenes over the fake launchd, each for any implementation of the launchd manager: so that a
// mutated copy of ours can be shown to fail where ours passes.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAEMON_JOB, type ServiceAnswer, type ServiceJob } from "../../src/core/service.ts";
import type { ManagerDeps, ManagerLimits } from "../../src/managers/deps.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import type { Settings } from "../fakes/launchctl/state.ts";
import { managerDeps } from "../contract/manager-place.ts";

export type CreateLaunchd = (deps: ManagerDeps) => ServiceManager;

export interface Scene {
  readonly fake: FakeLaunchd;
  readonly manager: ServiceManager;
  readonly dir: string;
  /** A job that runs `sh` text; without any, one that stays. */
  job(text?: string): ServiceJob;
}

/** Answers as soon as it is asked; whether there is a pid is the manager's to see. */
export const YES: Proof = () => Promise.resolve({ state: "answers", pid: null });

export interface SceneSpec {
  readonly settings?: Partial<Settings>;
  readonly limits?: Partial<ManagerLimits>;
}

/** What is to come up may take its time on a busy machine. */
const PATIENT: Partial<ManagerLimits> = { proofMs: 5000 };

export async function inScene<T>(
  create: CreateLaunchd,
  spec: SceneSpec,
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-scene-")));
  const fake = new FakeLaunchd(spec.settings);
  const root = join(dir, "root");
  mkdirSync(join(dir, "home"));
  mkdirSync(root);
  const place = { home: join(dir, "home"), root, launchctl: fake.program, uid: 501 };
  const manager = create(managerDeps({ ...place, limits: { ...PATIENT, ...spec.limits } }));
  try {
    return await play({ fake, manager, dir, job: (text) => jobIn(dir, text) });
  } finally {
    await fake.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function jobIn(dir: string, text = "exec sleep 1000000"): ServiceJob {
  const script = join(dir, "job.sh");
  writeFileSync(script, `${text}\n`);
  return {
    id: DAEMON_JOB,
    root: join(dir, "root"),
    description: "a job of a scene",
    argv: ["/bin/sh", script],
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    cwd: dir,
    stdout: join(dir, "root/logs/out.log"),
    stderr: join(dir, "root/logs/out.log"),
    restart: "always",
    build: "1",
    throttleSecs: 10,
    exitTimeoutSecs: 10,
  };
}

export function expectState(answer: ServiceAnswer, state: ServiceAnswer["state"]): void {
  if (answer.state !== state) throw new Error(`${state} expected: ${JSON.stringify(answer)}`);
}

/** Bootstrapping a label that is still registered is what polling is there to avoid. */
function expectNoRefusedBootstrap({ fake }: Scene): void {
  const refused = fake.calls().filter((call) => /^bootstrap .* -> (?!0$)/.test(call));
  if (refused.length > 0) throw new Error(`bootstrap was refused: ${refused.join("; ")}`);
}

/** A label stays until it was printed so often: who waits for it sees it go on any machine. */
const LABEL_STAYS = { cleanupLooks: 4 };

/** A job that takes long to end is waited for before it is loaded again. */
export const waitsForTheDrain = (create: CreateLaunchd): Promise<void> =>
  inScene(create, { settings: { secondMs: 50, ...LABEL_STAYS } }, async (scene) => {
    const slow = scene.job("trap '' TERM; exec sleep 1000000");
    expectState(await scene.manager.install(slow, YES), "loaded");
    expectState(await scene.manager.install({ ...slow, build: "2" }, YES), "loaded");
    expectNoRefusedBootstrap(scene);
  });

/** A label that is registered without a process is not gone. */
export const waitsForTheLabel = (create: CreateLaunchd): Promise<void> =>
  inScene(create, { settings: LABEL_STAYS }, async (scene) => {
    expectState(await scene.manager.install(scene.job(), YES), "loaded");
    const again = await scene.manager.install({ ...scene.job(), build: "2" }, YES);
    expectState(again, "loaded");
    expectNoRefusedBootstrap(scene);
  });

/** bootstrap says 0 of a job that ends at once. */
export const doubtsBootstrap = (create: CreateLaunchd): Promise<void> =>
  inScene(create, {}, async (scene) => {
    const answer = await scene.manager.install(scene.job("exit 1"), YES);
    expectState(answer, "failed");
  });
