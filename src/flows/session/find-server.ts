// Looking for the server of a launch whose outcome is not known: its launcher died, or gave up
// waiting. The answer comes from the socket and the generation stamped on whoever answers there.

import { readStamp } from "./socket.ts";
import { waitGone } from "./signal.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import type { Host } from "../../ports/host.ts";

/** How long an unfinished launch's client is waited for. */
const LAUNCHER_WAIT_MS = 10_000;
/** A server may come up this long after its client is gone. */
const COME_UP_WAIT_MS = 2000;
const POLL_MS = 50;

export interface FoundServer {
  readonly server: ProcessRef;
  readonly pane?: ProcessRef;
}

/** Null: within the time that a launch can take, no server of this generation answered. */
export async function findServer(host: Host, start: StartRecord): Promise<FoundServer | null> {
  if (start.launcher !== undefined) await waitGone(host, start.launcher, LAUNCHER_WAIT_MS);
  const until = host.clock.mono() + COME_UP_WAIT_MS;
  for (;;) {
    const found = await lookBehind(host, start);
    if (found !== null) return found;
    if (host.clock.mono() >= until) return null;
    await host.clock.sleep(POLL_MS);
  }
}

async function lookBehind(host: Host, start: StartRecord): Promise<FoundServer | null> {
  if (host.tmux.probe(start.socket) !== "answers") return null;
  const stamped = await readStamp(host, start.identity, start.socket);
  if (stamped === null || stamped === "unknown") return null;
  if (stamped.ref.generation !== start.generation) return null;
  const server = host.processes.identify(stamped.serverPid);
  if (server === null || server === "unknown") return null;
  const answer = await host.tmux.query(start.socket, start.identity, "#{pane_pid}");
  const panePid = answer.state === "answered" ? Number(answer.text.trim()) : 0;
  const pane = panePid > 0 ? host.processes.identify(panePid) : null;
  return pane === null || pane === "unknown" ? { server } : { server, pane };
}
