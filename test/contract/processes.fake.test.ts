// The fake process table keeps the contract of a kernel.

import { expect, test } from "bun:test";
import { ProcessTable } from "../fakes/process-table.ts";
import { FakeProcesses } from "../fakes/processes.ts";
import { Random } from "../fakes/random.ts";
import { turn, VirtualTime } from "../fakes/time.ts";
import { processesSuite } from "./processes.suite.ts";

function fresh(zombies: boolean, pids = 512) {
  const time = new VirtualTime();
  const table = new ProcessTable({ time, random: new Random(1), pids, zombies });
  const me = table.spawn({ kind: "daemon" });
  const processes = new FakeProcesses(table, me.ref);
  return { time, table, me, processes };
}

processesSuite("fake", () => {
  const { time, table, processes } = fresh(false);
  const end = async (pid: number) => {
    const entry = table.get(pid);
    if (entry !== null) table.deliver(entry, "KILL");
    await turn();
  };
  return {
    processes,
    spawn: async () => table.spawn({ kind: "child" }).ref.pid,
    end,
    zombie: async () => {
      const entry = table.spawn({ kind: "child" });
      entry.reaped = false;
      table.deliver(entry, "KILL");
      return entry.ref.pid;
    },
    family: async () => {
      const root = table.spawn({ kind: "child" });
      const child = table.spawn({ kind: "child", parent: root });
      const grandchild = table.spawn({ kind: "child", parent: child });
      return [root.ref.pid, child.ref.pid, grandchild.ref.pid];
    },
    until: async (holds) => {
      while (!holds() && time.fireNext()) await turn();
      expect(holds()).toBe(true);
    },
    nobody: 4711,
  };
});

test("a pid comes round again with another start time", () => {
  const { table, processes } = fresh(false, 8);
  const first = table.spawn({ kind: "child" });
  table.exit(first, { code: 0 });
  const later = Array.from({ length: 7 }, () => table.spawn({ kind: "stranger" }));
  const heir = later.find(({ ref }) => ref.pid === first.ref.pid);
  expect(heir?.ref.start).not.toBe(first.ref.start);
  expect(processes.signal(first.ref, "KILL")).toBe("not-ours");
  expect(processes.liveness(first.ref)).toBe("dead");
});
