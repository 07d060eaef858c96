// Lines of exits.log around a rotation (lifecycle §5, §8): each end has exactly one, whichever
// part of the log it is in, and in whatever order the lines were written.

import { expect, test } from "bun:test";
import { renderInstant } from "../../src/formats/instant.ts";
import { wallMs } from "../../src/core/brand.ts";
import type { GenerationId } from "../../src/core/names.ts";
import { settle } from "../fakes/time.ts";
import { Scene } from "./scene.ts";

/** The log as it is, in its parts. */
function linesOf({ world }: Scene, generation: string): number {
  const { files, layout } = world;
  const parts = ["", ".1", ".2"].map((part) => files.read(`${layout.exitsLog}${part}`));
  const text = parts.map((read) => (read.state === "ok" ? read.text : "")).join("");
  return text.split(` generation=${generation} `).length - 1;
}

/** Everything so far goes into a rotated part; the next line, of somebody else, comes late. */
function rotate({ world }: Scene, agoMs: number): void {
  const { files, layout, time } = world;
  files.rename(`${layout.exitsLog}.1`, `${layout.exitsLog}.2`);
  files.rename(layout.exitsLog, `${layout.exitsLog}.1`);
  const ts = renderInstant(wallMs(time.wall() - agoMs));
  files.append(layout.exitsLog, `ts=${ts} ev=teardown identity=plain-other generation=g \n`);
}

/** A peer whose life has just ended, after many minutes of other ends. */
async function ended(
  end: (scene: Scene) => unknown = (scene) => scene.ask("echo", "stop"),
): Promise<{ readonly scene: Scene; readonly generation: string }> {
  const scene = await Scene.of({ peers: { echo: {} } });
  const { files, layout, time } = scene.world;
  const ts = renderInstant(wallMs(time.wall()));
  files.append(layout.exitsLog, `ts=${ts} ev=teardown identity=plain-other generation=f \n`);
  await scene.pass(600_000);
  await scene.ask("echo", "wake");
  await end(scene);
  await scene.pass(1000);
  const { generation } = scene.doc("echo");
  if (generation === null) throw new Error("it never ran");
  expect(linesOf(scene, generation)).toBe(1);
  return { scene, generation };
}

/** As when its writer had died between the record and the line. */
function loseLine({ world }: Scene, generation: string): void {
  const { files, layout } = world;
  const read = files.read(layout.exitsLog);
  const lines = read.state === "ok" ? read.text.split("\n") : [];
  const others = lines.filter((line) => !line.includes(generation));
  files.writeAtomic(layout.exitsLog, others.join("\n"));
}

test("a line that was rotated away is not written again", async () => {
  const { scene, generation } = await ended();
  rotate(scene, 60_000);
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
  await scene.restart();
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
});

test("a line whose writer died is written, whatever was rotated since", async () => {
  const { scene, generation } = await ended();
  loseLine(scene, generation);
  await scene.pass(1000);
  rotate(scene, 0);
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
});

test("a line whose writer died is written also when the peer is removed at once", async () => {
  const { scene, generation } = await ended();
  loseLine(scene, generation);
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  expect(scene.manned.host.files.stat(scene.world.layout.sessionDir(scene.identity("echo"))).state)
    .toBe("missing");
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
});

test("and at once where its writer is certainly gone: no end of ours loses it then", async () => {
  const { scene, generation } = await ended();
  loseLine(scene, generation);
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  scene.killDaemon();
  expect(linesOf(scene, generation)).toBe(1);
});

test("what lies further back than the log goes is not written again", async () => {
  const { scene, generation } = await ended();
  const { files, layout } = scene.world;
  files.remove(layout.exitsLog);
  rotate(scene, 0);
  rotate(scene, 0);
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(0);
});

test("a rotation that was cut off hides nothing: its lines are not written again", async () => {
  const { scene, generation } = await ended();
  const { files, layout } = scene.world;
  rotate(scene, 60_000);
  files.rename(`${layout.exitsLog}.1`, `${layout.exitsLog}.2`);
  await scene.restart();
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
});

test("a line that only the daemon knows is written before it ends", async () => {
  const { scene, generation } = await ended((it) => it.kill(it.server("echo").pane.process));
  expect(scene.ends("echo")).toMatchObject([{ by: "hook" }]);
  loseLine(scene, generation);
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  expect(linesOf(scene, generation)).toBe(0);
  await settle(scene.world.time, scene.supervisor.stop());
  expect(linesOf(scene, generation)).toBe(1);
});

test("so is one that its canary has died over", async () => {
  const { scene, generation } = await ended((it) => it.kill(it.server("echo").process));
  expect(scene.ends("echo")).toMatchObject([{ by: "canary" }]);
  loseLine(scene, generation);
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  scene.killDaemon();
  expect(linesOf(scene, generation)).toBe(1);
});

test("a canary that lives is left the time to write it", async () => {
  const { scene, generation } = await ended((it) => it.kill(it.server("echo").process));
  loseLine(scene, generation);
  const { files, layout, table } = scene.world;
  const ref = { identity: scene.identity("echo"), generation: generation as GenerationId };
  const { ref: canary } = table.spawn({ kind: "canary" });
  const noted = layout.generation(ref.identity, ref.generation).canaryPid;
  files.writeAtomic(noted, `${JSON.stringify(canary)}\n`);
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  expect(linesOf(scene, generation)).toBe(0);
  await scene.pass(4 * scene.world.config.tickMs);
  expect(linesOf(scene, generation)).toBe(1);
});
