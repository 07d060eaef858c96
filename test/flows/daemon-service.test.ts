// The daemon at managers that only remember what they were asked: one that is not the manager's own
// ends first, and where that or anything else cannot be told, nothing is begun.

import { describe, expect, test } from "bun:test";
import { monoMs } from "../../src/core/brand.ts";
import type { ServiceAnswer } from "../../src/core/service.ts";
import type { DaemonStatus } from "../../src/core/snapshot.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import {
  chooseReached,
  installDaemon,
  restartDaemon,
  startDaemon,
  stopDaemon,
  uninstallDaemon,
} from "../../src/flows/service/daemon-service.ts";
import { readManagerRecord, writeManagerRecord } from "../../src/flows/service/record.ts";
import type { Proof } from "../../src/ports/service-manager.ts";
import { choice, peer, place } from "./managers-place.ts";
import { must } from "./root-host.ts";

/** A process that is there, and of which no heartbeat says that it is the daemon. */
const RUNNING: DaemonStatus = { schema: "iapeer.daemon.v1", state: "running", pid: process.pid };
/** As its manager shows it. */
const OWN: ServiceAnswer = {
  state: "loaded",
  reason: "runs",
  job: {
    pid: process.pid,
    activity: "running",
    domain: null,
    alsoIn: [],
    path: null,
    runs: 1,
    lastExit: null,
  },
};
const unknown: ServiceAnswer = { state: "unknown", reason: "as the test says" };

/** systemd holds the root; every wait is over at once. */
function held() {
  const here = place([peer("bridge", true)]);
  must(writeManagerRecord(here.host, choice("systemd")));
  const { clock } = here.host;
  let now = 0;
  const mono = () => monoMs((now += 1000));
  const quick = { ...clock, mono, sleep: () => Promise.resolve() };
  const context = { ...here.context, host: { ...here.host, clock: quick } };
  const { systemd } = here.managers;
  const asked = () => systemd.asked.filter((verb) => !verb.startsWith("query "));
  return { ...here, context, systemd, asked };
}

const bringings = {
  install: async (context: ServiceContext) =>
    must(await installDaemon(context, choice("systemd"))).answer,
  start: startDaemon,
  restart: restartDaemon,
};

describe.each(["install", "start", "restart"] as const)("%s", (verb) => {
  test("one in a terminal is asked to end; while it goes on, no other is begun", async () => {
    using here = held();
    here.daemon.status = RUNNING;
    expect(await bringings[verb](here.context)).toMatchObject({ state: "unknown" });
    expect(here.daemon.stops).toBe(1);
    expect(here.asked()).toEqual([]);
  });

  test("the operator's own try is not held back by those that failed before", async () => {
    using here = held();
    const { files, layout } = here.host;
    files.writeAtomic(layout.daemonStarts, "as the test says");
    await bringings[verb](here.context);
    expect(files.stat(layout.daemonStarts).state).toBe("missing");
  });

  test("the manager's own is left to the manager", async () => {
    using here = held();
    here.daemon.status = RUNNING;
    here.systemd.query = () => Promise.resolve(OWN);
    await bringings[verb](here.context);
    expect(here.daemon.stops).toBe(0);
    expect(here.asked()[0]).toBe(`${verb} com.iapeer.daemon`);
  });

  test("whose it is cannot be told: it is left alone, and nothing is begun", async () => {
    using here = held();
    here.daemon.status = RUNNING;
    here.systemd.query = () => Promise.resolve(unknown);
    expect(await bringings[verb](here.context)).toBe(unknown);
    expect(here.daemon.stops).toBe(0);
    expect(here.asked()).toEqual([]);
  });
});

test("a daemon proves itself by its passes, and says who it is", async () => {
  using here = held();
  const proofs: Proof[] = [];
  here.systemd.restart = (_, proof) => {
    if (proof !== undefined) proofs.push(proof);
    return Promise.resolve(OWN);
  };
  await restartDaemon(here.context);
  here.daemon.status = RUNNING;
  expect(await proofs[0]?.()).toEqual({ state: "answers", pid: process.pid });
  here.daemon.status = { ...RUNNING, state: "stale", reason: "it sleeps" };
  const detail = expect.stringContaining("stale: it sleeps");
  expect(await proofs[0]?.()).toEqual({ state: "silent", detail });
});

test.each([true, false])("in the background; another start was first: %p", async (isFirst) => {
  using here = held();
  here.host.files.remove(here.host.layout.managerRecord);
  const failed: ServiceAnswer = { state: "failed", reason: "?", exitCode: 1, stderr: "" };
  here.managers.embedded.start = () => {
    if (isFirst) here.daemon.status = RUNNING;
    return Promise.resolve(failed);
  };
  const state = isFirst ? "already-loaded" : "failed";
  expect(await startDaemon(here.context)).toMatchObject({ state });
});

test.each(["stale", "unknown"] as const)("start: none beside one that is %s", async (state) => {
  using here = held();
  here.daemon.status = { ...RUNNING, state };
  const next = "iapeer daemon restart";
  expect(await startDaemon(here.context)).toMatchObject({ state: "unknown", next });
  expect([here.daemon.stops, ...here.asked()]).toEqual([0]);
});

describe("stop", () => {
  test("the manager's, and then one in a terminal", async () => {
    using here = held();
    expect(await stopDaemon(here.context)).toMatchObject({ state: "not-loaded" });
    expect(here.daemon.stops).toBe(0);
    here.daemon.status = RUNNING;
    expect(await stopDaemon(here.context)).toMatchObject({ state: "unknown" });
    expect(here.daemon.stops).toBe(1);
  });

  test("what the manager cannot end is not ended behind its back", async () => {
    using here = held();
    here.daemon.status = RUNNING;
    here.systemd.stop = () => Promise.resolve(unknown);
    expect(await stopDaemon(here.context)).toBe(unknown);
    expect(here.daemon.stops).toBe(0);
  });

  test("somebody on its socket without a name is told of", async () => {
    using here = held();
    here.daemon.status = { schema: "iapeer.daemon.v1", state: "unknown", reason: "it is mute" };
    const reason = expect.stringContaining("it is mute");
    expect(await stopDaemon(here.context)).toMatchObject({ state: "unknown", reason });
  });
});

describe("the record of who holds the root", () => {
  test("cannot be written: nothing is loaded that would not know", async () => {
    using here = held();
    const full = { state: "failed", code: "ENOSPC", detail: "no space left" } as const;
    const files = { ...here.host.files, writeAtomic: () => full };
    const context = { ...here.context, host: { ...here.host, files } };
    const refused = await installDaemon(context, choice("systemd"));
    expect(refused).toMatchObject({ ok: false, error: { code: "manager-not-recorded" } });
    expect(here.asked()).toEqual([]);
  });

  test.each([true, false])("refused by its manager; recorded before: %p", async (isBefore) => {
    using here = held();
    if (!isBefore) here.host.files.remove(here.host.layout.managerRecord);
    here.systemd.install = () => Promise.resolve(unknown);
    const { answer, peers } = must(await installDaemon(here.context, choice("systemd")));
    expect({ answer, peers }).toEqual({ answer: unknown, peers: [] });
    expect(readManagerRecord(here.host)?.manager).toBe(isBefore ? "systemd" : undefined);
  });

  test("stays, with the daemon's job, while a peer's job does", async () => {
    using here = held();
    here.systemd.managed.add("bridge");
    here.systemd.remove = (id) => {
      here.systemd.asked.push(`remove ${id.kind}`);
      return Promise.resolve(unknown);
    };
    expect(await uninstallDaemon(here.context)).toBe(unknown);
    expect(here.asked()).toEqual(["remove peer"]);
    expect(readManagerRecord(here.host)?.manager).toBe("systemd");
  });
});

test.each([
  ["unknown", "manager-not-reached"],
  ["absent", "manager-not-here"],
  ["answers", null],
] as const)("a manager that is asked for and is %s: %p", async (state, code) => {
  using here = held();
  const probed = { recorded: null, platform: "linux", uid: 1000 } as const;
  const launchctl = { state: "absent" } as const;
  const systemctl = { state, detail: "as the test says" };
  const saw = { ...probed, asked: "systemd", launchctl, systemctl } as const;
  const services = { ...here.context.services, probe: () => Promise.resolve(saw) };
  const chosen = await chooseReached({ ...here.context, services }, "systemd");
  if (code === null) expect(chosen).toMatchObject({ ok: true, value: { manager: "systemd" } });
  else expect(chosen).toMatchObject({ ok: false, error: { code, exit: 2 } });
});
