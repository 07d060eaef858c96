// Bugs on purpose, each in one port: a simulation that does not notice them shows nothing.

import { FakeClock } from "../fakes/clock.ts";
import { monoMs } from "../../src/core/brand.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Manned } from "../fakes/sim-world.ts";
import type { Sabotage } from "./sim-run.ts";

const withHost = (manned: Manned, change: Partial<Host>): Manned => ({
  ...manned,
  host: { ...manned.host, ...change },
});

const unknownIsDead: Sabotage = (manned) => {
  const { processes } = manned.host;
  return withHost(manned, {
    processes: {
      ...processes,
      liveness: (ref) => (processes.liveness(ref) === "alive" ? "alive" : "dead"),
    },
  });
};

/** Says that the record is there, and writes it long after the kill. */
const recordedAfterKill: Sabotage = (manned, world) => {
  const { files } = manned.host;
  return withHost(manned, {
    files: {
      ...files,
      linkNew: (path, text) => {
        world.time.schedule(5, () => void files.linkNew(path, text), manned.life);
        return { state: "ok" };
      },
    },
  });
};

/** A pid is all that it looks at. */
const startTimeIgnored: Sabotage = (manned) => {
  const { processes } = manned.host;
  return withHost(manned, {
    processes: {
      ...processes,
      liveness: ({ pid }) => {
        const holder = processes.identify(pid);
        if (holder === "unknown") return "unknown";
        return holder === null ? "dead" : "alive";
      },
      signal: (ref, signal) => {
        const holder = processes.identify(ref.pid);
        const known = holder !== null && holder !== "unknown";
        return processes.signal(known ? holder : ref, signal);
      },
    },
  });
};

/** Durations from the wall clock, so that no jump is ever seen. */
const wallClockOnly: Sabotage = (manned, world) => {
  const clock = new FakeClock(world.time, manned.life);
  return withHost(manned, {
    clock: {
      wall: () => clock.wall(),
      mono: () => monoMs(clock.wall()),
      bootMs: () => clock.wall(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      after: (ms, call) => clock.after(ms, call),
    },
  });
};

const nothingDurable: Sabotage = (manned) => {
  const { files } = manned.host;
  return withHost(manned, {
    files: { ...files, writeAtomic: (path, text) => files.writeAtomic(path, text) },
  });
};

/** What was accounted for is forgotten at once. */
const settledForgotten: Sabotage = (manned, world) => {
  const { files } = manned.host;
  return withHost(manned, {
    files: {
      ...files,
      writeAtomic: (path, text, options) => {
        const isDoc = path.startsWith(world.layout.identityDocsDir);
        const written = isDoc ? text.replace(/"settled":"[^"]*"/, '"settled":null') : text;
        return files.writeAtomic(path, written, options);
      },
    },
  });
};

/** The last record counts instead of the first. */
const lastEndCounts: Sabotage = (manned) => {
  const { files } = manned.host;
  return withHost(manned, {
    files: { ...files, linkNew: (path, text) => files.writeAtomic(path, text) },
  });
};

const attachedIgnored: Sabotage = (manned) => {
  const { tmux } = manned.host;
  return withHost(manned, {
    tmux: {
      ...tmux,
      query: (socket, identity, format) =>
        format.includes("session_attached")
          ? Promise.resolve({ state: "answered", text: "0" })
          : tmux.query(socket, identity, format),
    },
  });
};

/** Cries death over processes that live. */
const falseAlarms: Sabotage = (manned, world) => {
  const { watch } = manned;
  return {
    ...manned,
    watch: {
      mechanism: watch.mechanism,
      arm: (ref, onExit) => {
        world.time.schedule(20_000, onExit, manned.life);
        return watch.arm(ref, onExit);
      },
      disarm: (ref) => watch.disarm(ref),
      armed: () => watch.armed(),
      catchUp: () => watch.catchUp(),
      close: () => watch.close(),
    },
  };
};

/** Nobody's end record is ever seen. */
const endsUnread: Sabotage = (manned) => {
  const { files } = manned.host;
  return withHost(manned, {
    files: {
      ...files,
      read: (path, maxBytes) =>
        path.endsWith("/end.json") ? { state: "missing" } : files.read(path, maxBytes),
    },
  });
};

const exitLinesLost: Sabotage = (manned) => {
  const { log } = manned.host;
  return withHost(manned, {
    log: {
      ...log,
      write: (name, event) => {
        if (name !== "exits") log.write(name, event);
      },
    },
  });
};

/** A free path is taken for granted. */
const socketNotProbed: Sabotage = (manned) =>
  withHost(manned, { tmux: { ...manned.host.tmux, probe: () => "missing" } });

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "unknown is dead": unknownIsDead,
  "ends recorded after the kill": recordedAfterKill,
  "start times ignored": startTimeIgnored,
  "durations from the wall clock": wallClockOnly,
  "nothing written durably": nothingDurable,
  "settled ends forgotten": settledForgotten,
  "last end counts": lastEndCounts,
  "attached humans ignored": attachedIgnored,
  "false alarms": falseAlarms,
  "ends unread": endsUnread,
  "exit lines lost": exitLinesLost,
  "socket not probed": socketNotProbed,
};

