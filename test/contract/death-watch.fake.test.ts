// The fake death watch keeps the contract of the kernel's.

import { expect } from "bun:test";
import { FakeDeathWatch } from "../fakes/death-watch.ts";
import { ProcessTable } from "../fakes/process-table.ts";
import { FakeProcesses } from "../fakes/processes.ts";
import { Random } from "../fakes/random.ts";
import { turn, VirtualTime } from "../fakes/time.ts";
import { deathWatchSuite } from "./death-watch.suite.ts";

deathWatchSuite("fake", () => {
  const time = new VirtualTime();
  const random = new Random(1);
  const table = new ProcessTable({ time, random, pids: 512, zombies: false });
  const self = table.spawn({ kind: "daemon" }).ref;
  const kill = (pid: number) => {
    const entry = table.get(pid);
    if (entry !== null) table.deliver(entry, "KILL");
  };
  return {
    watch: new FakeDeathWatch({ time, table, random, owner: null, self }),
    processes: new FakeProcesses(table, self),
    spawn: async () => table.spawn({ kind: "child" }).ref.pid,
    end: async (pid) => kill(pid),
    zombie: async () => {
      const entry = table.spawn({ kind: "child" });
      entry.reaped = false;
      kill(entry.ref.pid);
      return entry.ref.pid;
    },
    until: async (holds) => {
      while (!holds() && time.fireNext()) await turn();
      expect(holds()).toBe(true);
    },
  };
});
