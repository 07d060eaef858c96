// Holders of peers after another version was put in use: restarted onto it, but for those that are
// down on purpose, or another's; and the daemon itself is healthy only when it stays.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { monoMs } from "../../src/core/brand.ts";
import { identityOf, type Personality } from "../../src/core/names.ts";
import type { DaemonStatus } from "../../src/core/snapshot.ts";
import { installProgram } from "../../src/flows/install/install.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { daemonJobOf } from "../../src/flows/service/place.ts";
import { writeManagerRecord } from "../../src/flows/service/record.ts";
import { changeDoc } from "../../src/flows/storage/identity-doc.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { InstallPlace } from "./install-place.ts";
import { choice, COMMAND, peer } from "./managers-place.ts";
import { must } from "./root-host.ts";

const RUNNING: DaemonStatus = { schema: "iapeer.daemon.v1", state: "running", pid: 4242 };

let place: InstallPlace;
let systemd: FakeServiceManager;
let context: ServiceContext;
let status: () => DaemonStatus;

beforeEach(async () => {
  place = new InstallPlace();
  systemd = new FakeServiceManager("systemd");
  status = () => RUNNING;
  const whole = place.context();
  must(prepareRoot(whole.host));
  let now = 0;
  const sleep = (ms: number) => {
    now += ms;
    return Promise.resolve();
  };
  const clock = { ...whole.host.clock, mono: () => monoMs(now), sleep };
  context = {
    host: { ...whole.host, clock },
    services: { ...fakeServices(systemd), recorded: "systemd" },
    daemon: { ...whole.daemon, status: () => Promise.resolve(status()) },
  };
  const { host } = context;
  const peers = ["bridge", "down", "theirs"].map((name) => peer(name, true));
  host.files.writeAtomic(host.layout.registry, renderRegistry({ version: 1, peers }));
  must(writeManagerRecord(host, choice("systemd")));
  for (const name of ["bridge", "down"]) systemd.managed.add(name);
  const down = identityOf(COMMAND, "down" as Personality);
  changeDoc(host, down, (doc) => ({ ...doc, stopped: true }));
  const seen = await systemd.start(daemonJobOf(host));
  systemd.query = () => Promise.resolve(seen);
  systemd.asked.length = 0;
});
afterEach(() => place.remove());

const install = () => installProgram(context, {});

test("another version: whoever is held is held by it, and nobody else is touched", async () => {
  must(await install());
  expect(systemd.asked).toEqual(["restart com.iapeer.daemon", "restart com.iapeer.peer.bridge"]);
  systemd.asked.length = 0;
  must(await install());
  expect(systemd.asked).toEqual(["install com.iapeer.daemon", "install com.iapeer.peer.bridge"]);
});

test("one that does not come up again is told of; the daemon is updated all the same", async () => {
  const restart = systemd.restart.bind(systemd);
  const reason = "as the test says";
  systemd.restart = (job) =>
    job.id.kind === "daemon" ? restart(job) : Promise.resolve({ state: "unknown", reason });
  const { daemon } = must(await install());
  const notes = [`bridge is not held by it yet: ${reason}`];
  expect(daemon).toEqual({ state: "restarted", pid: 4242, notes });
});

test("a daemon that is another one at each look is not healthy; no peer follows it", async () => {
  let pid = 4242;
  status = () => ({ ...RUNNING, pid: (pid += 1) });
  expect(await install()).toMatchObject({ ok: false, error: { code: "update-unhealthy" } });
  expect(systemd.asked).toEqual(["restart com.iapeer.daemon"]);
});

test("nor is one that falls silent in between", async () => {
  let looks = 0;
  const silent: DaemonStatus = { ...RUNNING, state: "unknown", reason: "it is mute" };
  status = () => ((looks += 1) % 2 === 0 ? RUNNING : silent);
  const why = expect.stringContaining("it is ");
  expect(await install()).toMatchObject({ ok: false, error: { code: "update-unhealthy", why } });
});
