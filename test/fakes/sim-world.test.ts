// The fake host by itself: its witnesses record as the real ones do, a dead daemon touches
// nothing, and a power cut takes only what was not synced.

import { expect, test } from "bun:test";
import type { StartRecord } from "../../src/core/generation.ts";
import { wallMs } from "../../src/core/brand.ts";
import { identityOf, type GenerationId, type Personality } from "../../src/core/names.ts";
import { parseEndRecord } from "../../src/formats/end-record.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { PLAIN } from "./runtime.ts";
import { SimWorld } from "./sim-world.ts";
import { pass as passTime } from "./time.ts";
import type { FakeServer } from "./tmux-host.ts";

const personality = "echo" as Personality;
const identity = identityOf(PLAIN, personality);
const generation = "20250106T090000000Z-abcd" as GenerationId;

const pass = (world: SimWorld, ms: number): Promise<void> => passTime(world.time, ms);

/** A session as a launch leaves it: records, server, canary. */
async function live(world: SimWorld): Promise<FakeServer> {
  const { host } = world.man();
  const paths = world.layout.generation(identity, generation);
  const socket = `${world.layout.runDir}/${identity}.sock`;
  for (const dir of [paths.dir, world.layout.runDir, world.layout.panesDir]) {
    world.files.makeFolder(dir);
  }
  world.files.writeAtomic(paths.tmuxConf, "");
  world.files.writeAtomic(paths.canaryScript, "");
  const conf = paths.tmuxConf;
  const cwd = "/home/iapeer";
  const spec = { socket, identity, conf, cwd, argv: ["plain"], env: {}, timeoutMs: 9000 };
  const up = host.tmux.newSession(spec);
  await pass(world, 20);
  const outcome = await up;
  if (outcome.state !== "up") throw new Error(outcome.detail);
  const server = world.tmux.at(socket);
  if (server === null) throw new Error("no server on its socket");
  const start: StartRecord = {
    version: 1,
    identity,
    generation,
    personality,
    runtime: PLAIN,
    cwd,
    argv: ["plain"],
    mode: "fresh",
    cause: "new",
    startedWall: wallMs(world.time.wall()),
    bootId: world.table.bootId(),
    socket,
    server: server.process.ref,
    pane: server.pane.process.ref,
  };
  world.files.writeAtomic(paths.start, renderStartRecord(start));
  host.exec.detach({ argv: ["/bin/sh", paths.canaryScript] });
  await pass(world, 20);
  return server;
}

function endOf(world: SimWorld) {
  const read = world.files.read(world.layout.generation(identity, generation).end);
  if (read.state !== "ok") return read.state;
  const parsed = parseEndRecord(read.text);
  return parsed.ok ? parsed.value : parsed.error;
}

test("a canary records a killed server, once, with its line in exits.log", async () => {
  const world = new SimWorld({ seed: 1 });
  const server = await live(world);
  world.table.deliver(server.process, "KILL");
  await pass(world, 100);
  expect(endOf(world)).toMatchObject({ by: "canary", cause: "server-vanished", waitRc: 1 });
  const log = world.files.read(world.layout.exitsLog);
  expect(log.state === "ok" && log.text.split("\n").length).toBe(2);
  expect(world.files.stat(server.socket)).toMatchObject({ kind: "socket" });
  expect(world.table.all().map(({ kind }) => kind)).toEqual(["daemon"]);
});

test("a canary whose client alone is killed watches on", async () => {
  const world = new SimWorld({ seed: 2 });
  const server = await live(world);
  const client = world.table.all().find(({ kind }) => kind === "canary-client");
  if (client === undefined) throw new Error("the canary has no client");
  world.table.deliver(client, "KILL");
  await pass(world, 2000);
  expect(endOf(world)).toBe("missing");
  world.table.deliver(server.process, "KILL");
  await pass(world, 100);
  expect(endOf(world)).toMatchObject({ by: "canary" });
});

test("the hook records a pane's exit and ends its server", async () => {
  const world = new SimWorld({ seed: 3 });
  const server = await live(world);
  world.table.exit(server.pane.process, { code: 7 });
  await pass(world, 1000);
  expect(endOf(world)).toMatchObject({ ev: "session-exit", by: "hook", deadStatus: 7 });
  expect(server.process.state).toBe("gone");
});

test("a daemon dies instead of its n-th effect, and touches nothing afterwards", () => {
  const world = new SimWorld({ seed: 4 });
  const { host, life, process } = world.man(2);
  world.files.makeFolder("/d");
  expect(host.files.writeAtomic("/d/1", "one")).toEqual({ state: "ok" });
  expect(host.files.writeAtomic("/d/2", "two")).toMatchObject({ state: "failed" });
  expect(host.files.writeAtomic("/d/3", "three")).toMatchObject({ state: "failed" });
  expect(life.ended).toBe(true);
  expect(process.state).toBe("gone");
  expect(world.files.list("/d")).toEqual({ state: "ok", names: ["1"] });
});

test("a power cut takes back only what was not synced", () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 20; seed += 1) {
    const world = new SimWorld({ seed });
    world.files.makeFolder("/d");
    world.files.writeAtomic("/d/kept", "old", { durable: true });
    world.files.writeAtomic("/d/kept", "new", { durable: true });
    world.files.writeAtomic("/d/lazy", "old", { durable: true });
    world.files.writeAtomic("/d/lazy", "new");
    world.reboot(1000);
    expect(world.files.read("/d/kept")).toEqual({ state: "ok", text: "new" });
    const lazy = world.files.read("/d/lazy");
    outcomes.add(lazy.state === "ok" ? lazy.text : lazy.state);
  }
  expect([...outcomes].sort()).toEqual(["new", "old"]);
});
