// Looking for the server of a launch whose outcome is not known: its launcher died, or gave up
// waiting. The answer comes from the socket and the generation stamped on whoever answers there.

import { canaryProcess } from "./canary.ts";
import { readStamp } from "./socket.ts";
import type { StartRecord } from "../../core/generation.ts";
import { gone, sameProcess, type ProcessRef } from "../../core/process-ref.ts";
import type { Host } from "../../ports/host.ts";

/** How long an unfinished launch is waited for while its launcher lives. */
const LAUNCHER_WAIT_MS = 10_000;
/** A server may come up this long after its client is gone. */
const COME_UP_WAIT_MS = 2000;
const POLL_MS = 50;

export interface FoundServer {
  readonly server: ProcessRef;
  readonly pane: ProcessRef;
}

/** `nobody`: within the time that a launch can take, no server of this generation answered. */
export type Found = FoundServer | "nobody" | "unknown";

export async function findServer(host: Host, start: StartRecord): Promise<Found> {
  const giveUp = host.clock.mono() + LAUNCHER_WAIT_MS;
  let until: number | null = null;
  for (;;) {
    const found = await lookBehind(host, start);
    if (typeof found !== "string") return found;
    const now = host.clock.mono();
    const waits = now < giveUp && launcherLives(host, start);
    until = waits ? null : (until ?? now + COME_UP_WAIT_MS);
    if (until !== null && now >= until) return found;
    await host.clock.sleep(POLL_MS);
  }
}

/** A canary that launched its server outlives the launch, so its end is not waited for. */
const launcherLives = (host: Host, start: StartRecord): boolean => {
  const launcher = canaryProcess(host, start);
  return launcher !== null && host.processes.liveness(launcher) !== "dead";
};

async function lookBehind(host: Host, start: StartRecord): Promise<Found> {
  const probed = host.tmux.probe(start.socket);
  if (probed !== "answers") return probed === "unknown" ? "unknown" : "nobody";
  const stamped = await readStamp(host, start.identity, start.socket);
  if (stamped === "unknown") return "unknown";
  if (stamped?.ref.generation !== start.generation) return "nobody";
  const server = host.processes.identify(stamped.serverPid);
  if (server === null || server === "unknown") return server === null ? "nobody" : "unknown";
  const answer = await host.tmux.query(start.socket, start.identity, "#{pane_pid}");
  const panePid = answer.state === "answered" ? Number(answer.text.trim()) : 0;
  if (!(panePid > 0)) return "unknown";
  const pane = paneOf(host, server, panePid);
  return pane === null ? "unknown" : { server, pane };
}

/**
 * The process in a server's pane is that server's child: when it has ended already, whoever has
 * its pid by now is a stranger. A system that tells no children is taken at its word.
 */
export function paneOf(host: Host, server: ProcessRef, pid: number): ProcessRef | null {
  const found = host.processes.identify(pid);
  if (found === null || found === "unknown") return refOf(pid, found);
  if (host.processes.parent(found) === server.pid) return found;
  const family = host.processes.descendants(server);
  const ours = family.length === 0 || family.some((member) => sameProcess(member, found));
  return refOf(pid, ours ? found : null);
}

/** Null: it cannot be told. */
function refOf(pid: number, found: ProcessRef | null | "unknown"): ProcessRef | null {
  if (found === "unknown") return null;
  return found ?? gone(pid);
}
