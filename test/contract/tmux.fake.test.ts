// The fake tmux keeps the contract of the real one.

import type { Identity } from "../../src/core/names.ts";
import { FakeFiles } from "../fakes/files.ts";
import { ProcessTable } from "../fakes/process-table.ts";
import { Random } from "../fakes/random.ts";
import { turn, VirtualTime } from "../fakes/time.ts";
import { FakeTmux } from "../fakes/tmux.ts";
import { type PaneProgram, TmuxHost } from "../fakes/tmux-host.ts";
import { tmuxSuite } from "./tmux.suite.ts";

const STAMP = "20260131T000000001Z-abcd";

/** Shows what it is given. */
function echo(): PaneProgram {
  let shown = "";
  return {
    begin: () => undefined,
    screen: () => shown,
    paste: (text) => {
      shown += text;
    },
    key: () => {
      shown += "\n";
    },
    signal: () => false,
  };
}

tmuxSuite("fake", () => {
  const time = new VirtualTime();
  const random = new Random(1);
  const table = new ProcessTable({ time, random, pids: 512, zombies: false });
  const clock = { wall: () => Math.floor(time.wall()), mono: () => time.mono(), uid: 1000 };
  const files = new FakeFiles(clock);
  for (const folder of ["/run", "/folder"]) files.makeFolder(folder);
  files.writeAtomic("/run/conf", STAMP);
  const openLog = () => files.append("/run/log", "").state === "ok";
  const readConf = (text: string) => ({ "@iapeer_generation": text });
  const host = new TmuxHost({ time, random, table, files, program: echo, openLog, readConf });
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    const done = work.finally(() => {
      settled = true;
    });
    await turn();
    while (!settled && time.fireNext()) await turn();
    return done;
  };
  return {
    tmux: new FakeTmux({ time, random, table, files, host, owner: null }),
    spec: {
      socket: "/run/s",
      identity: "command-a-b" as Identity,
      conf: "/run/conf",
      cwd: "/folder",
      argv: ["echo"],
      env: {},
      timeoutMs: 10_000,
    },
    stamp: STAMP,
    folder: "/folder",
    log: {
      isThere: () => files.stat("/run/log").state === "ok",
      remove: () => void files.remove("/run/log"),
    },
    settle,
    kill: async (pid) => {
      const entry = table.get(pid);
      if (entry !== null) table.deliver(entry, "KILL");
      await turn();
    },
    until: async (holds) => {
      while (!(await settle(holds()))) {
        if (!time.fireNext()) throw new Error("never held");
        await turn();
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});
