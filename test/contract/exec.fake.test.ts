// The fake exec keeps the contract of child processes.

import { FakeExec, type FakeProgram } from "../fakes/exec.ts";
import { ProcessTable } from "../fakes/process-table.ts";
import { FakeProcesses } from "../fakes/processes.ts";
import { Random } from "../fakes/random.ts";
import { settle, VirtualTime } from "../fakes/time.ts";
import { execSuite } from "./exec.suite.ts";

const PROGRAMS: Readonly<Record<string, FakeProgram>> = {
  ok: { exitCode: 0, stdout: "out\n", stderr: "err\n", ms: 2 },
  fails: { exitCode: 3, stderr: "no\n", ms: 2 },
  hangs: { exitCode: 0, ms: 3_600_000 },
};

execSuite("fake", () => {
  const time = new VirtualTime();
  const table = new ProcessTable({ time, random: new Random(1), pids: 512, zombies: false });
  const me = table.spawn({ kind: "daemon" });
  const find = (argv: readonly string[]) => PROGRAMS[argv[0] ?? ""] ?? null;
  const exec = new FakeExec({
    time,
    owner: null,
    find: ({ argv }) => find(argv),
    start: ({ argv }) => (find(argv) === null ? null : table.spawn({ kind: "child" })),
  });
  return {
    exec,
    processes: new FakeProcesses(table, me.ref),
    argv: (kind) => [kind],
    settle: (work) => settle(time, work),
    end: (pid) => {
      const entry = table.get(pid);
      if (entry !== null) table.deliver(entry, "KILL");
    },
  };
});
