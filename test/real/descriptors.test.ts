// What a living session costs its daemon (lifecycle §7): a handle for each of its processes, and
// no pipe to any of them.

import { expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { Fleet } from "../chaos/fleet.ts";

/** Open descriptors of a process by kind. */
function descriptors(pid: number): { readonly pipes: number } {
  const dir = `/proc/${pid}/fd`;
  const targets = readdirSync(dir).flatMap((fd) => {
    try {
      return [readlinkSync(`${dir}/${fd}`)];
    } catch {
      return []; // Closed since it was listed.
    }
  });
  return { pipes: targets.filter((target) => /^(?:pipe|socket):/.test(target)).length };
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
