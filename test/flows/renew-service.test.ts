// A daemon after an install, in the background or held: restarted onto another version, also when
// the run before was cut off, and left alone where there is none.

import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobId, JobSeen, ServiceAnswer, ServiceJob } from "../../src/core/service.ts";
import { installProgram, rollBack } from "../../src/flows/install/install.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { renderAgent } from "../../src/formats/launch-agent.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { cut, InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 20_000;
const PID = 4242;
const place = new InstallPlace();
afterAll(() => place.remove());

abstract class Running extends FakeServiceManager {
  readonly file = join(place.dir, "daemon.json");

  protected seen(): JobSeen {
    const seen = { activity: null, domain: null, alsoIn: [], runs: null, lastExit: null };
    return { ...seen, pid: PID, path: this.file };
  }

  override query(id: JobId): Promise<ServiceAnswer> {
    this.asked.push(`query ${id.kind}`);
    return Promise.resolve({ state: "loaded", reason: "runs", job: this.seen() });
  }

  restarts(): number {
    return this.asked.filter((asked) => asked.startsWith("restart ")).length;
  }

  context(at?: number): ServiceContext {
    const whole = place.context(at);
    const status = { schema: "iapeer.daemon.v1", state: "running", pid: PID } as const;
    const { clock } = whole.host;
    const quick = { ...clock, sleep: () => Promise.resolve() };
    return {
      ...whole,
      host: { ...whole.host, clock: quick },
      services: fakeServices(this),
      daemon: { ...whole.daemon, status: () => Promise.resolve(status) },
    };
  }
}

class Background extends Running {
  startedAs(build: string): void {
    writeFileSync(this.file, JSON.stringify({ build }));
  }
}

/** What has been started goes on with the program and the bun of that moment. */
class Held extends Running {
  #text = "";
  running = "";

  constructor() {
    super("launchd");
  }

  override install(job: ServiceJob): Promise<ServiceAnswer> {
    if (must(renderAgent(job)) !== this.#text) return this.restart(job);
    return Promise.resolve({ state: "already-loaded", reason: "runs", job: this.seen() });
  }

  override restart(job: ServiceJob): Promise<ServiceAnswer> {
    this.#text = must(renderAgent(job));
    this.running = inPlace();
    return super.restart(job);
  }
}

const inPlace = (): string => place.inUse() + readFileSync(join(place.share, "bin/bun"), "utf8");

test(
  "nothing has changed: the daemon that runs this version is left alone",
  async () => {
    const manager = new Background();
    const context = manager.context();
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
  "held, and nothing has changed: left alone; with another PATH in its job, loaded anew",
  async () => {
    const manager = new Held();
    const context = manager.context();
    must(await installProgram(context, {}));
    expect(manager.restarts()).toBe(1);
    const again = must(await installProgram(context, {}));
    expect(again.daemon).toEqual({ state: "as-it-was", pid: PID, notes: [] });
    expect(manager.restarts()).toBe(1);
    const { host } = context;
    const facts = { ...host.facts, env: { ...host.facts.env, PATH: "/opt/added" } };
    const added = { ...context, host: { ...host, facts } };
    const anew = must(await installProgram(added, {}));
    expect(anew).toMatchObject({ state: "unchanged", daemon: { state: "restarted" } });
    expect(manager.restarts()).toBe(2);
  },
  TIMEOUT_MS,
);

/** `meanwhile`: what happens between a run that was cut off and the next one. */
async function cutEverywhere(
  change: (at: number) => void,
  meanwhile: (manager: Held) => void = () => undefined,
): Promise<void> {
  const manager = new Held();
  const install = async (at?: number) => must(await installProgram(manager.context(at), {}));
  await install();
  for (let at = 0; ; at += 1) {
    change(at);
    const outcome = await cut(install(at));
    meanwhile(manager);
    await install();
    expect(manager.running).toBe(inPlace());
    const restarts = manager.restarts();
    expect((await install()).daemon).toMatchObject({ state: "as-it-was" });
    expect(manager.restarts()).toBe(restarts);
    if (outcome === "cut") continue;
    expect(at).toBeGreaterThan(6);
    return;
  }
}

describe("held, and the run before was cut off anywhere: the next one has it restarted", () => {
  test("onto another version", () => cutEverywhere(() => place.release()), TIMEOUT_MS);

  const another = (at: number) => writeFileSync(join(place.dir, "bun"), `bun number ${at}\n`);
  test("onto another bun", () => cutEverywhere(another), TIMEOUT_MS);

  test(
    "onto the version before, when launchd had started what was in place for a while",
    () => {
      const { version } = place;
      const takenBack = (manager: Held) => {
        manager.running = inPlace();
        place.release(version);
      };
      return cutEverywhere(() => place.release(version + 1), takenBack);
    },
    TIMEOUT_MS,
  );
});

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

class Sick extends Running {
  isSick = false;

  override restart(job: ServiceJob): Promise<ServiceAnswer> {
    if (!this.isSick) return super.restart(job);
    const said = { reason: "it ended at once", exitCode: null, stderr: "" };
    return Promise.resolve({ state: "failed", ...said });
  }
}

test.each(["embedded", "systemd"] as const)(
  "by %s: after an unhealthy update, what brings the daemon back is said, and does",
  async (name) => {
    const manager = new Sick(name);
    must(await installProgram(manager.context(), {}));
    manager.isSick = true;
    place.release();
    const updated = await installProgram(manager.context(), {}, "update");
    const next = updated.ok ? "" : updated.error.next;
    const back = "iapeer rollback puts the version before back, and starts its daemon; if that";
    expect(next).toStartWith(back);
    manager.isSick = false;
    const restarted = { state: "restarted", pid: PID };
    const rolledBack = must(await rollBack(manager.context()));
    expect(rolledBack).toMatchObject({ state: "rolled-back", daemon: restarted });
  },
  TIMEOUT_MS,
);
