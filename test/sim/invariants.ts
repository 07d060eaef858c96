// What must be true of a host at rest: faults have stopped, a daemon runs, time has passed.

import { isDeath } from "../../src/core/generation.ts";
import type { Identity } from "../../src/core/names.ts";
import { parsePids } from "../../src/formats/pids.ts";
import { parseStartRecord } from "../../src/formats/start-record.ts";
import type { ProcessEntry } from "../fakes/process-table.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";
import type { Actor } from "./cast.ts";
import type { SimRun } from "./sim-run.ts";

export function judgeRest(sim: SimRun): void {
  judgeGenerations(sim);
  judgeServers(sim);
  judgeLines(sim);
  judgeCounts(sim);
  for (const actor of sim.actors) judgeActor(sim, actor);
  sim.promises.judge();
}

/** Every generation has one end record exactly when its server is gone (lifecycle §5). */
function judgeGenerations(sim: SimRun): void {
  const { files, layout } = sim.world;
  for (const { identity } of sim.actors) {
    const listed = files.list(layout.sessionDir(identity));
    if (!("names" in listed)) continue;
    for (const name of listed.names) {
      const dir = `${layout.sessionDir(identity)}/${name}`;
      const server = sim.monitor.born.get(dir);
      const runs = server?.process.state === "running";
      const ended = files.tree.at(`${dir}/end.json`) !== null;
      if (runs && ended) sim.monitor.violation(`an end names a living server: ${name}`);
      if (!runs && !ended) sim.monitor.violation(`no end on record: ${identity} ${name}`);
    }
  }
}

/**
 * Every life that is over has its line, in whichever part of the log: whoever died before writing
 * it, and also where its record was purged with its peer.
 */
function judgeLines(sim: SimRun): void {
  const log = exitsOf(sim);
  const { born, ends } = sim.monitor;
  const over = [...born.values()].filter(({ process }) => process.state !== "running");
  for (const dir of new Set([...ends.keys(), ...over.map(({ dir }) => dir)])) {
    const lines = log.split(` generation=${dir.slice(dir.lastIndexOf("/") + 1)} `).length - 1;
    if (lines === 1 || (sim.hadPowerCut && (lines > 1 || sim.hadRotation))) continue;
    if (lines === 0 && sim.hadPowerCut && !ends.has(dir)) continue;
    sim.monitor.violation(`${lines} lines in exits.log: ${dir}`);
  }
}

function exitsOf({ world }: SimRun): string {
  const { files, layout } = world;
  let text = "";
  let read = files.read(layout.exitsLog);
  for (let part = 1; read.state === "ok" || part === 1; part += 1) {
    if (read.state === "ok") text += read.text;
    read = files.read(`${layout.exitsLog}.${part}`);
  }
  return text;
}

/** No server but the present one of its identity. */
function judgeServers(sim: SimRun): void {
  for (const entry of sim.world.table.all()) {
    if (entry.kind !== "server" && entry.kind !== "pane" && entry.kind !== "canary") continue;
    const owner = sim.monitor.born.get(entry.owner ?? "");
    const doc = owner === undefined ? undefined : sim.monitor.docs.get(owner.identity);
    const present =
      owner !== undefined &&
      doc?.generation !== undefined &&
      doc.generation !== null &&
      sim.world.layout.generation(owner.identity, doc.generation).dir === owner.dir;
    if (!present && isKnown(sim, entry)) {
      sim.monitor.violation(`an orphaned ${entry.kind}: ${entry.owner}`);
    }
  }
}

/**
 * A pane whose server was killed before its note was complete is nobody's to end: by then the pid
 * might be anybody's.
 */
function isKnown(sim: SimRun, entry: ProcessEntry): boolean {
  if (entry.kind !== "pane") return true;
  const noted = sim.world.files.read(`${entry.owner}/pids`);
  if (noted.state === "ok" && parsePids(noted.text) !== null) return true;
  const read = sim.world.files.read(`${entry.owner}/start.json`);
  const start = read.state === "ok" ? parseStartRecord(read.text) : null;
  return start?.ok === true && start.value.pane !== undefined;
}

/** Deaths that were counted were deaths. */
function judgeCounts(sim: SimRun): void {
  for (const dir of sim.monitor.counted) {
    const end = sim.monitor.ends.get(dir)?.end;
    if (end === undefined || end === null || isDeath(end)) continue;
    sim.monitor.violation(`no death (${end.reason ?? end.cause}) was counted as one: ${dir}`);
  }
}

function judgeActor(sim: SimRun, actor: Actor): void {
  const { identity, role } = actor;
  const server = livingServer(sim, identity);
  const removal = sim.promises.removal(identity);
  if (removal !== null) {
    if (removal === "done") judgeRemoved(sim, identity);
    return;
  }
  if (sim.promises.isHeld(identity)) {
    if (sim.monitor.docs.get(identity)?.stopped !== true) {
      sim.monitor.violation(`the stop flag of ${identity} is lost`);
    }
    if (server !== null) sim.monitor.violation(`${identity} is stopped, and runs`);
  }
  if (server !== null) judgeCanary(sim, server);
  if (role === "always-on" && server === null) judgeAbsence(sim, identity);
}

/** Nothing of it runs, and a namesake would inherit nothing. */
function judgeRemoved(sim: SimRun, identity: Identity): void {
  const { files, layout } = sim.world;
  if (livingServer(sim, identity) !== null) {
    sim.monitor.violation(`${identity} is removed, and runs`);
  }
  for (const path of [layout.sessionDir(identity), layout.identityDoc(identity)]) {
    if (files.tree.at(path) !== null) sim.monitor.violation(`left of a removed peer: ${path}`);
  }
}

/** Its pid file may be stale, when it was armed while the disk was full. */
function judgeCanary(sim: SimRun, server: FakeServer): void {
  const watching = sim.world.table.all().some(
    ({ kind, owner }) => kind === "canary" && owner === server.dir,
  );
  if (!watching) sim.monitor.violation(`no canary watches ${server.identity}`);
}

/** An always-on peer that does not run has a stated reason. */
function judgeAbsence(sim: SimRun, identity: Identity): void {
  const doc = sim.monitor.docs.get(identity);
  if (doc === undefined) {
    sim.monitor.violation(`always-on ${identity} never ran`);
    return;
  }
  const { config, time } = sim.world;
  const recent = sim.monitor.deathsWithin(identity, config.crashLoopWindowMs);
  if (doc.stopped || recent >= config.crashLoopMax) return;
  // No back-off is longer than its maximum, whatever the clocks did.
  const { notBeforeWall } = doc.restart;
  const leftMs = notBeforeWall === null ? 0 : notBeforeWall - time.wall();
  if (leftMs > 0 && leftMs <= config.restartMaxMs) return;
  sim.monitor.violation(`always-on ${identity} does not run: ${JSON.stringify(doc)}`);
}

function livingServer(sim: SimRun, identity: Identity): FakeServer | null {
  for (const server of sim.monitor.born.values()) {
    const runs = server.process.state === "running" && server.pane.process.state === "running";
    if (server.identity === identity && runs) return server;
  }
  return null;
}
