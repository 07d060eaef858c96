// What a living session costs its daemon (lifecycle §7): a handle for each of its processes, and
// no pipe to any of them.

import { expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import type { Personality } from "../../src/core/names.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";

function fail(what: string): never {
  throw new Error(what);
}

/** Open descriptors of a process by kind. */
function descriptors(pid: number): { readonly all: number; readonly pipes: number } {
  const dir = `/proc/${pid}/fd`;
  const targets = readdirSync(dir).flatMap((fd) => {
    try {
      return [readlinkSync(`${dir}/${fd}`)];
    } catch {
      return []; // Closed since it was listed.
    }
  });
  const all = targets.length;
  return { all, pipes: targets.filter((target) => /^(?:pipe|socket):/.test(target)).length };
}

test.if(process.platform === "linux")("no pipe to a session stays open", async () => {
  await using fleet = new Fleet();
  await fleet.startDaemon();
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names) {
    const made = await fleet.create(name, ["/bin/cat"]);
    await fleet.wake(made);
    await fleet.parts(made);
  }
  // Its listening socket, and the connection of whoever has just asked.
  expect(descriptors(fleet.daemonPid).pipes).toBeLessThan(names.length);
}, 60_000);

test.if(process.platform === "linux")(
  "a daemon that may open few files starts as many as it can end, and says so",
  async () => {
    const holder = ["/bin/sh", "-c", 'ulimit -n 72; exec "$0" "$@"'];
    await using fleet = new Fleet({ holder });
    await fleet.startDaemon();
    const argv = ["/bin/sh", "-c", "echo up; exec cat"];
    const names = Array.from({ length: 26 }, (_, index) => `p${index}`);
    const made = names.map((name) => fleet.create(name, argv, { ready: "up" }));
    const { client } = fleet.app;
    const ask = async (personality: Personality, verb: "wake" | "start") => {
      const reached = await client.verb({ personality, verb, request: {} });
      return reached.state === "answered" ? reached.value : fail(reached.state);
    };
    const peers = await Promise.all(made);
    const refused: unknown[] = [];
    const up: Personality[] = [];
    for (const peer of peers) {
      const answer = await ask(peer, "wake");
      if (answer.result === "woke") up.push(peer);
      else refused.push(answer);
    }
    expect(up.length).toBeGreaterThan(12);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(answer).toMatchObject({
        cause: "launch-failed",
        detail: expect.stringMatching(/^too many open files /),
        next: expect.stringContaining("ulimit -Hn"),
      });
    }
    // Connections come and go.
    const { all, pipes } = descriptors(fleet.daemonPid);
    expect(all - pipes).toBeLessThanOrEqual(63);
    const why = await fleet.cli(["why", "p25"]);
    expect(why.out).toContain("let the daemon have more files open");
    // Also of one that the kernel does not watch.
    const last = up.pop() ?? fail("none is up");
    fleet.app.host.processes.signal((await fleet.parts(last)).server, "KILL");
    await eventually("its death is on record", () => fleet.ends(last).length === 1);
    const { out } = await fleet.cli(["stop", "--all", "--yes"]);
    expect(out).toContain(`stopped ${names.length} of ${names.length} peers`);
    expect((await ask(last, "start")).result).toBe("woke");
  },
  120_000,
);
