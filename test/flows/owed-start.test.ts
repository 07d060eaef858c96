// A daemon in the background that an update has ended, and that did not come up: whatever puts a
// version in use next starts it, unless it has ended for another reason since.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { JobId, ServiceAnswer, ServiceJob } from "../../src/core/service.ts";
import { installProgram, rollBack, updateProgram } from "../../src/flows/install/install.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { noteStart } from "../../src/flows/service/daemon-starts.ts";
import { stopDaemon, uninstallDaemon } from "../../src/flows/service/daemon-service.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const PID = 4242;
const SAID = { reason: "as the test says", exitCode: null, stderr: "" };
let place = new InstallPlace();
let daemon: Background;

/** A daemon that runs, or does not, and a version of which it does not come up. */
class Background extends FakeServiceManager {
  runs = true;
  /** It runs, and nobody here has started it. */
  isInTerminal = false;
  isSick = false;

  override query(): Promise<ServiceAnswer> {
    if (!this.runs || this.isInTerminal) {
      return Promise.resolve({ state: "not-loaded", reason: SAID.reason });
    }
    const unseen = { domain: null, alsoIn: [], path: null, runs: null, lastExit: null };
    const job = { pid: PID, activity: null, ...unseen };
    return Promise.resolve({ state: "loaded", reason: SAID.reason, job });
  }

  override stop(id: JobId): Promise<ServiceAnswer> {
    this.runs = false;
    return super.stop(id);
  }

  override remove(id: JobId): Promise<ServiceAnswer> {
    this.runs = false;
    return super.remove(id);
  }

  override restart(job: ServiceJob): Promise<ServiceAnswer> {
    this.runs = !this.isSick;
    return this.isSick ? Promise.resolve({ state: "failed", ...SAID }) : super.restart(job);
  }

  context(): ServiceContext {
    const whole = place.context();
    const schema = "iapeer.daemon.v1";
    const status = () =>
      Promise.resolve(
        this.runs
          ? ({ schema, state: "running", pid: PID } as const)
          : ({ schema, state: "not-running" } as const),
      );
    const clock = { ...whole.host.clock, sleep: () => Promise.resolve() };
    const host = { ...whole.host, clock };
    return { ...whole, host, services: fakeServices(this), daemon: { ...whole.daemon, status } };
  }
}

beforeEach(async () => {
  place.remove();
  place = new InstallPlace();
  daemon = new Background();
  mkdirSync(daemon.context().host.layout.stateDir, { recursive: true });
  must(await installProgram(daemon.context(), {}));
});
afterEach(() => place.remove());

/** The version that is in use then has no daemon. */
async function failedUpdate(): Promise<void> {
  place.release();
  daemon.isSick = true;
  expect(await updateProgram(daemon.context(), {})).toMatchObject({
    ok: false,
    error: {
      code: "update-unhealthy",
      what: expect.stringMatching(/^the new version is in place \(0\./),
      next: expect.stringContaining("rollback puts the version before back, and starts"),
    },
  });
  daemon.isSick = false;
  expect(daemon.runs).toBe(false);
}

const UP = { state: "restarted", pid: PID } as const;
const DOWN = { state: "no-daemon" } as const;
const rolledBack = async () => must(await rollBack(daemon.context())).daemon;

describe("started again", () => {
  beforeEach(failedUpdate);

  test("by a rollback", async () => {
    expect(await rolledBack()).toMatchObject(UP);
    expect(place.inUse()).toBe("version 1\n");
  });

  test("by a version that is put right, and by the same one", async () => {
    expect(must(await updateProgram(daemon.context(), {})).daemon).toMatchObject(UP);
    await failedUpdate();
    place.release();
    expect(must(await updateProgram(daemon.context(), {})).daemon).toMatchObject(UP);
  });

  test("by a rollback after one that failed too", async () => {
    daemon.isSick = true;
    const failed = await rollBack(daemon.context());
    const { what, next = "" } = failed.ok ? { what: "" } : failed.error;
    expect(what).toMatch(/^the version before is in place again \(0\.1\.0-\w+\), and its daemon/);
    expect(next).toMatch(/^iapeer rollback puts 0\.2\.0-\w+ back, and starts its daemon; /);
    daemon.isSick = false;
    expect(await rolledBack()).toMatchObject(UP);
  });

  test("also when it was up for a moment, and died by itself", async () => {
    noteStart(daemon.context().host).ended({ asked: false, reason: "broken" });
    expect(await rolledBack()).toMatchObject(UP);
  });
});

describe("left down", () => {
  test("where none ran before the update", async () => {
    noteStart(daemon.context().host).steady();
    daemon.runs = false;
    place.release();
    expect(must(await updateProgram(daemon.context(), {})).daemon).toEqual(DOWN);
    expect(await rolledBack()).toEqual(DOWN);
  });

  test("while one runs in a terminal", async () => {
    await failedUpdate();
    Object.assign(daemon, { runs: true, isInTerminal: true });
    expect(await rolledBack()).toEqual({ state: "in-a-terminal", pid: PID });
  });

  test.each([
    ["daemon stop", stopDaemon],
    ["daemon uninstall", uninstallDaemon],
  ] as const)("after %s", async (_, end) => {
    await failedUpdate();
    await end(daemon.context());
    expect(await rolledBack()).toEqual(DOWN);
  });

  test("when one came up since and was asked to end, or stayed up", async () => {
    await failedUpdate();
    noteStart(daemon.context().host).ended({ asked: true });
    expect(await rolledBack()).toEqual(DOWN);
    await failedUpdateAgain();
    noteStart(daemon.context().host).steady();
    expect(await rolledBack()).toEqual(DOWN);
  });

  test("when it was stopped after an update that went well", async () => {
    place.release();
    expect(must(await updateProgram(daemon.context(), {})).daemon).toMatchObject(UP);
    await stopDaemon(daemon.context());
    expect(await rolledBack()).toEqual(DOWN);
  });
});

async function failedUpdateAgain(): Promise<void> {
  daemon.runs = true;
  await failedUpdate();
}
