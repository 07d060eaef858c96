// A root that two containers share: what a tmux server of the other one calls its pid is a
// stranger's here, who must not be taken for it, nor signalled.

import { expect, test } from "bun:test";
import { freeSocket, readStamp } from "../../src/flows/session/socket.ts";
import { Fleet } from "../chaos/fleet.ts";
import { hasOwnPids, OWN_PIDS } from "./own-pids.ts";

async function awake(holder: readonly string[]) {
  const fleet = new Fleet({ holder });
  await fleet.startDaemon();
  const peer = await fleet.create("a", ["/bin/cat"]);
  await fleet.wake(peer);
  const start = fleet.starts(peer).at(-1);
  if (start?.server === undefined) throw new Error("it is down");
  return { fleet, host: fleet.app.host, start, server: start.server };
}

test("a server is known by the pid that the kernel tells", async () => {
  const { fleet, host, start, server } = await awake([]);
  await using _ = fleet;
  expect(await readStamp(host, start.identity, start.socket)).toMatchObject({
    serverPid: server.pid,
  });
}, 60_000);

test("one of another container is nobody's that could be ended from here", async () => {
  if (!hasOwnPids()) return;
  const { fleet, host, start, server } = await awake(OWN_PIDS);
  await using _ = fleet;
  expect(server.pid).toBeLessThan(1000);
  // Before anything that could signal.
  expect(await readStamp(host, start.identity, start.socket)).toBe("unknown");
  const freed = await freeSocket(host, start.identity, { socket: start.socket, start: null });
  expect(freed).toMatchObject({ ok: false, error: { cause: "unknown" } });
  expect(host.tmux.probe(start.socket)).toBe("answers");
}, 60_000);
