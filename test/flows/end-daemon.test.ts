// A daemon that does not end as asked is ended by signals, by pid and start time from its own
// heartbeat; one that cannot be told to be ours by both is left alone.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Subprocess } from "bun";
import { monoMs } from "../../src/core/brand.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { endDaemon } from "../../src/flows/service/end-daemon.ts";
import { renderHeartbeat } from "../../src/formats/heartbeat.ts";
import { fakeServices } from "../fakes/service-manager.ts";
import { until } from "../cli/program.ts";
import { preparedPlace } from "./root-host.ts";

let place: ReturnType<typeof preparedPlace>;
let daemon: Subprocess;

beforeEach(() => {
  place = preparedPlace();
  daemon = Bun.spawn(["sleep", "1000"]);
});
afterEach(async () => {
  daemon.kill("SIGKILL");
  await daemon.exited;
  place[Symbol.dispose]();
});

/** The first half minute passes at once. `onSleep`: it cannot be looked at before that. */
function end(stop: "answered" | "unknown", onSleep?: () => void) {
  const { host } = place;
  const identify = (pid: number) =>
    onSleep === undefined ? host.processes.identify(pid) : ("unknown" as const);
  let hurriedMs = 0;
  const clock = {
    ...host.clock,
    mono: () => monoMs(host.clock.mono() + hurriedMs),
    sleep: (ms: number, signal?: AbortSignal) => {
      onSleep?.();
      hurriedMs = Math.min(hurriedMs + 1000, 30_000);
      return host.clock.sleep(ms, signal);
    },
  };
  const context: ServiceContext = {
    host: { ...host, clock, processes: { ...host.processes, identify } },
    services: fakeServices(host.manager),
    daemon: {
      status: () => Promise.reject(new Error("nobody is asked how it is")),
      stop: () => Promise.resolve({ state: stop }),
    },
  };
  return endDaemon(context, daemon.pid);
}

function beat(other: { readonly start?: string; readonly bootId?: string } = {}): void {
  const { clock, processes, files, layout } = place.host;
  const found = processes.identify(daemon.pid);
  if (found === null || found === "unknown") throw new Error("the process is not there");
  const now = { ts: "now", wall: clock.wall(), boot: clock.bootMs(), mono: clock.mono() };
  const of = { ...found, bootId: processes.bootId(), ...other };
  const figures = { ticks: 1, tickMs: 1, periodMs: 60_000, alive: 0 };
  files.writeAtomic(layout.heartbeat, renderHeartbeat({ ...now, ...of, ...figures }));
}

const statOf = (pid: number): string =>
  Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]).stdout.toString();

test("one that is silent gets TERM", async () => {
  beat();
  expect(await end("unknown")).toBeNull();
  await daemon.exited;
  expect(daemon.signalCode).toBe("SIGTERM");
});

test("and KILL, when it stands still", async () => {
  beat();
  daemon.kill("SIGSTOP");
  // Until then a TERM that comes right after it would be the first to be taken.
  await until("it to stand still", () => statOf(daemon.pid).startsWith("T"));
  expect(await end("unknown")).toBeNull();
  await daemon.exited;
  expect(daemon.signalCode).toBe("SIGKILL");
});

test("one that said that it would end, and does not, gets KILL alone", async () => {
  beat();
  expect(await end("answered")).toBeNull();
  await daemon.exited;
  expect(daemon.signalCode).toBe("SIGKILL");
});

test("nor at once, when it could not be told at first whether it is there", async () => {
  beat();
  expect(await end("answered", () => daemon.kill("SIGTERM"))).toBeNull();
  await daemon.exited;
  expect(daemon.signalCode).toBe("SIGTERM");
});

test.each([{ start: "0" }, { bootId: "another" }])("one of before, %j, gets none", async (of) => {
  beat(of);
  expect(await end("unknown")).toMatchObject({ state: "unknown" });
  expect(daemon.signalCode).toBeNull();
  expect(place.host.processes.exists(daemon.pid)).toBe("maybe");
});

test("another one, that the heartbeat is about, gets none either", async () => {
  const asked = daemon;
  const other = Bun.spawn(["sleep", "1000"]);
  try {
    daemon = other;
    beat();
    daemon = asked;
    expect(await end("unknown")).toMatchObject({ state: "unknown" });
    expect(place.host.processes.exists(other.pid)).toBe("maybe");
    expect([asked.signalCode, other.signalCode]).toEqual([null, null]);
  } finally {
    other.kill("SIGKILL");
    await other.exited;
  }
});

test("nor does one of which there is no heartbeat", async () => {
  expect(await end("unknown")).toMatchObject({ state: "unknown" });
  expect(place.host.processes.exists(daemon.pid)).toBe("maybe");
});
