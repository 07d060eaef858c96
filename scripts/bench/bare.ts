// Plain tmux servers and an empty Bun process: what the figures are set beside.

import { join } from "node:path";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { IDLE_ARGV } from "./fleet.ts";
import { eachOf, type Place } from "./place.ts";

const processes = createProcesses();

/** One server with one session, as a peer has; no options, no hooks, no witness. */
export async function bareServer(
  place: Place,
  name: string,
  argv: readonly string[] = IDLE_ARGV,
): Promise<ProcessRef> {
  const size = ["-x", "220", "-y", "50"];
  const server = ["tmux", "-u", "-f", "/dev/null", "-S", bareSocket(place, name)];
  const session = ["new-session", "-d", "-P", "-F", "#{pid}", "-s", name, ...size, "--", ...argv];
  const client = Bun.spawn(
    [...server, ...session],
    { cwd: place.folder, env: { ...place.env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const pid = Number((await client.stdout.text()).trim());
  await client.exited;
  const found = processes.identify(pid);
  if (found === null || found === "unknown") throw new Error(`no bare tmux server ${name}`);
  return found;
}

export const bareSocket = (place: Place, name: string): string => join(place.folder, name);

export async function bareServers(
  place: Place,
  count: number,
  atOnce: number,
): Promise<readonly ProcessRef[]> {
  const servers: ProcessRef[] = [];
  const names = Array.from({ length: count }, (_, index) => `bare-${index}`);
  await eachOf(names, atOnce, async (name) => {
    servers.push(await bareServer(place, name));
  });
  return servers;
}

/** A Bun process that does nothing. */
export function emptyBun(place: Place): number {
  const child = Bun.spawn([process.execPath, "-e", "setInterval(() => 0, 2 ** 30)"], {
    cwd: place.folder,
    env: { ...place.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return place.own(child).pid;
}
