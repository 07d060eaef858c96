// A daemon in the background after an install: restarted onto another version, and left alone where
// there is none.

import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobId, ServiceAnswer } from "../../src/core/service.ts";
import { installProgram } from "../../src/flows/install/install.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 20_000;
const PID = 4242;
const place = new InstallPlace();
afterAll(() => place.remove());

class Background extends FakeServiceManager {
  readonly file = join(place.dir, "daemon.json");

  override query(id: JobId): Promise<ServiceAnswer> {
    this.asked.push(`query ${id.kind}`);
    const seen = { activity: null, domain: null, alsoIn: [], runs: null, lastExit: null };
    const job = { ...seen, pid: PID, path: this.file };
    return Promise.resolve({ state: "loaded", reason: "runs", job });
  }

  startedAs(build: string): void {
    writeFileSync(this.file, JSON.stringify({ build }));
  }

  restarts(): number {
    return this.asked.filter((asked) => asked.startsWith("restart ")).length;
  }
}

test(
  "nothing has changed: the daemon that runs this version is left alone",
  async () => {
    const manager = new Background();
    const whole = place.context();
    const status = { schema: "iapeer.daemon.v1", state: "running", pid: PID } as const;
    const context: ServiceContext = {
      ...whole,
      services: fakeServices(manager),
      daemon: { ...whole.daemon, status: () => Promise.resolve(status) },
    };
    const install = async () => must(await installProgram(context, {}));
    manager.startedAs("0.0.9-before");
    const { build } = await install();
    expect(manager.restarts()).toBe(1);
    expect(await install()).toMatchObject({ state: "unchanged", daemon: { state: "restarted" } });
    expect(manager.restarts()).toBe(2);
    manager.startedAs(build);
    const asItWas = { state: "as-it-was", pid: PID };
    expect(await install()).toMatchObject({ state: "unchanged", daemon: asItWas });
    expect(manager.restarts()).toBe(2);
    writeFileSync(join(place.dir, "bun"), "another bun\n");
    expect(await install()).toMatchObject({ state: "unchanged", daemon: { state: "restarted" } });
    place.release();
    expect(await install()).toMatchObject({ state: "updated", daemon: { state: "restarted" } });
  },
  TIMEOUT_MS,
);

test(
  "a manager that is recorded, and not here, has nothing restarted",
  async () => {
    const manager = new Background("systemd");
    manager.there = false;
    const whole = place.context();
    const context: ServiceContext = { ...whole, services: fakeServices(manager) };
    const installed = must(await installProgram(context, {}));
    expect(installed.daemon).toEqual({ state: "no-daemon" });
    expect(manager.restarts()).toBe(0);
  },
  TIMEOUT_MS,
);
