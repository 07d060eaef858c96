// Several verbs of the real program at once while no daemon runs: each waits for its turn.

import { expect, test } from "bun:test";
import { createLease } from "../../src/effects/lease.ts";
import { layout } from "../../src/core/layout.ts";
import { Program, until } from "../cli/program.ts";

const NAMES = ["one", "two", "three"];

async function whileHeld<T>(program: Program, work: () => Promise<T>): Promise<T> {
  const lease = createLease().acquire(layout(program.root).daemonLease);
  try {
    return await work();
  } finally {
    if (lease.state === "held") lease.release();
  }
}

test("stops that meet all stop what they were asked to", async () => {
  const program = new Program();
  try {
    const daemon = await program.startDaemon();
    await Promise.all(
      NAMES.map((name) => program.run(["create", name, "--runtime", "command", "--", "/bin/cat"])),
    );
    await Promise.all(NAMES.map((name) => program.run(["wake", name])));
    daemon.signal("SIGTERM");
    await daemon.done();
    const stops = await whileHeld(program, async () => {
      const begun = NAMES.map((name) => program.start(["stop", name]));
      await until("all wait", () => begun.every(({ err }) => err.includes("…")));
      return begun;
    });
    const ended = await Promise.all(stops.map((stop) => stop.done()));
    expect(ended).toMatchObject(NAMES.map(() => ({ code: 0 })));
    const { peers } = JSON.parse((await program.run(["list", "--json"])).out);
    const stopped = { runtimes: [{ state: "stopped" }] };
    expect(peers).toMatchObject(NAMES.map(() => stopped));
  } finally {
    await program.close();
  }
}, 60_000);
