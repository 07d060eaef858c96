// Lives whose end nobody of ours saw (lifecycle §5): daemon, canary and server are killed together.

import { readStart } from "../../src/flows/session/records.ts";
import { Scene } from "./scene.ts";

/** Some of it is unwatched: a tick, at which all are known to live, comes each minute. */
export const UNWATCHED_MS = 7000;

export function killWitnesses(scene: Scene, name: string): void {
  scene.killDaemon();
  const { dir } = scene.server(name);
  for (const entry of scene.world.table.all()) {
    if (entry.kind.startsWith("canary") && entry.owner === dir) scene.kill(entry);
  }
}

/** Nobody of ours is left to see how this life ends; returns when it did. */
export function killAll(scene: Scene, name: string): number {
  killWitnesses(scene, name);
  scene.kill(scene.server(name).process);
  return scene.world.time.wall();
}

export function startedWall(scene: Scene, name: string): number {
  const { generation } = scene.doc(name);
  if (generation === null) throw new Error(`${name} has never lived`);
  const start = readStart(scene.manned.host, { identity: scene.identity(name), generation });
  return start?.startedWall ?? Number.NaN;
}

export const at = (instant: string | undefined): number => Date.parse(instant ?? "");

export const healths = (scene: Scene): readonly unknown[] =>
  scene.events("supervise").flatMap(({ fields }) => fields["health_ms"] ?? []);

export async function found(scene: Scene): Promise<void> {
  await scene.pass(UNWATCHED_MS);
  await scene.restart();
  await scene.pass(3000);
}

/** Woken after a heartbeat, and dead before the next one. */
export async function shortLife(always_on: boolean, moreMs = 0) {
  const scene = await Scene.of({ peers: { echo: { always_on } } });
  await scene.pass(13_000);
  await scene.ask("echo", always_on ? "new" : "wake");
  const started = startedWall(scene, "echo");
  await scene.pass(moreMs);
  return { scene, started, killed: killAll(scene, "echo") };
}

/** Alive at a heartbeat, and dead 3 s after it. */
export async function longLife(
  always_on: boolean,
  stubborn = false,
  dies: "server" | "pane" = "server",
) {
  const scene = await Scene.of({ peers: { echo: { always_on } }, stubborn });
  if (!always_on) await scene.ask("echo", "wake");
  const started = startedWall(scene, "echo");
  const seen = at("2025-01-06T09:00:01.000Z") + scene.world.config.tickMs;
  await scene.pass(seen + 3000 - scene.world.time.wall());
  killWitnesses(scene, "echo");
  // No hook runs.
  scene.world.tmux.onPaneDied = null;
  const { process, pane, dir } = scene.server("echo");
  scene.kill(dies === "server" ? process : pane.process);
  return { scene, started, seen, dir, killed: scene.world.time.wall() };
}
