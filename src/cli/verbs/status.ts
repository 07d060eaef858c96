// `iapeer status`: the daemon and the fleet, what is wrong first.

import type { App } from "../app.ts";
import { readHeartbeat, readSlot } from "../../flows/provision/slot.ts";
import { isRootAbsent, noRoot } from "../../flows/storage/absent-root.ts";
import { readRegistry } from "../../flows/storage/registry.ts";
import { unfitForDaemon } from "../../flows/daemon-socket.ts";
import { lacksHolder } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { look } from "../look.ts";
import { renderDaemon, renderMemory, renderPeerCounts, renderTroubles } from "../render/status.ts";
import { configWall, countStates, type HostSeen, type MemorySeen, troubles } from "../trouble.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const app = await context.app();
  const seen = await seeHost(app);
  const found = troubles(seen);
  output.advice({
    schema: "iapeer.status.v1",
    version: app.host.facts.version,
    root: app.config.root,
    daemon: seen.daemon,
    manager: app.host.manager.name,
    memory: seen.memory,
    peers: seen.snapshot.peers.length,
    states: countStates(seen.snapshot),
    troubles: found,
  });
  const hinted = found.map((one) => ({ ...one, hint: output.hint(one.hint) }));
  output.lines([
    ...renderTroubles(hinted, output.paint),
    renderDaemon(seen.daemon, app.host.clock.wall()),
    renderPeerCounts(seen.snapshot, output.paint),
    renderMemory(seen.memory),
    `manager ${app.host.manager.name}`,
    `version ${app.host.facts.version}`,
    `root    ${app.config.root}`,
  ]);
  return found.some(({ severity }) => severity === "error") ? 1 : 0;
}

export async function seeHost(app: App): Promise<HostSeen> {
  const [daemon, { snapshot }] = await Promise.all([app.client.status(), look(app)]);
  const logTrouble = daemon.log_trouble ?? app.host.log.trouble();
  const registryTrouble = seeRegistry(app);
  return {
    configTrouble: app.configTrouble,
    configWall: configWall(app.host),
    daemon,
    isInstalled: app.services.recorded !== null,
    isHolderLacking: lacksHolder(app.services),
    unfit: unfitForDaemon(app.host) ?? (isRootAbsent(app.host) ? noRoot(app.host) : null),
    snapshot,
    logTrouble,
    registryTrouble,
    memory: seeMemory(app),
  };
}

/** A root without a registry has no peers yet. */
function seeRegistry({ host }: App): string | null {
  const read = readRegistry(host);
  return read.state === "ok" || read.state === "missing" ? null : read.detail;
}

function seeMemory({ host }: App): MemorySeen {
  const slot = readSlot(host);
  if (slot.state !== "occupied") return slot;
  return { ...slot, heartbeat: readHeartbeat(host, slot.declaration) };
}
