// Who writes a living session's pane log (lifecycle §7): the session notes its pid. That it has
// ended nobody tells, so that it is looked for; where the note says nobody, as on macOS, a disk
// that was full is reason enough for another.

import { expect, test } from "bun:test";
import type { ProcessEntry } from "../fakes/process-table.ts";
import { Scene } from "./scene.ts";

/** As its sh does, before it becomes the writer. */
function note(scene: Scene, pid: number): void {
  const { dir, process, pane } = scene.server("echo");
  const { pid: panePid, start } = pane.process.ref;
  const server = process.ref.pid;
  const stat = `${panePid} (x) S ${server} ${"0 ".repeat(17)}${start} 0\n`;
  scene.world.files.append(`${dir}/pids`, `${server}\n${stat}${pid}\n`);
}

function spawnWriter(scene: Scene): ProcessEntry {
  const { process: parent } = scene.server("echo");
  const writer = scene.world.table.spawn({ kind: "child", parent });
  note(scene, writer.ref.pid);
  return writer;
}

const openings = (scene: Scene): number =>
  scene.events("supervise").filter(({ fields }) => fields["action"] === "reopened-pane-log").length;

/** Always on, and printing nothing: for some passes nobody has had to ask about it. */
async function written() {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.pass(500);
  const first = spawnWriter(scene);
  const { tickMs } = scene.world.config;
  await scene.pass(3 * tickMs);
  expect(openings(scene)).toBe(0);
  return { scene, first, tickMs };
}

/** Every opening brings a writer. */
function bringWriters(scene: Scene): readonly ProcessEntry[] {
  const writers: ProcessEntry[] = [];
  scene.manned.host.tmux.openLog = () => {
    writers.push(spawnWriter(scene));
    return Promise.resolve({ state: "answered", text: "" });
  };
  return writers;
}

async function fullFor(scene: Scene, ms: number): Promise<void> {
  scene.world.files.full = true;
  await scene.pass(ms);
  scene.world.files.full = false;
}

test("one that has ended is noticed in its peer's turn, and another is enough", async () => {
  const { scene, first, tickMs } = await written();
  bringWriters(scene);
  scene.kill(first);
  await scene.pass(31 * tickMs);
  expect(openings(scene)).toBe(1);
  await scene.pass(62 * tickMs);
  expect(openings(scene)).toBe(1);
});

test("a stranger who has its pid by now is none", async () => {
  const { scene, first, tickMs } = await written();
  scene.kill(first);
  const { process: parent } = scene.server("echo").pane;
  note(scene, scene.world.table.spawn({ kind: "stranger", parent }).ref.pid);
  await scene.restart();
  await scene.pass(tickMs);
  expect(openings(scene)).toBe(1);
});

test("once a full disk has room again it is looked for at the next pass", async () => {
  const { scene, first, tickMs } = await written();
  bringWriters(scene);
  scene.kill(first);
  await fullFor(scene, tickMs);
  expect(openings(scene)).toBe(0);
  await scene.pass(2 * tickMs);
  expect(openings(scene)).toBe(1);
});

test("also where another had come meanwhile, and has ended like it", async () => {
  const { scene, first, tickMs } = await written();
  const [writers, isBack] = [bringWriters(scene), () => openings(scene) === 1];
  scene.kill(first);
  for (let ticks = 0; ticks < 31 && !isBack(); ticks += 1) await scene.pass(tickMs);
  for (const writer of writers) scene.kill(writer);
  await fullFor(scene, tickMs);
  await scene.pass(2 * tickMs);
  expect([openings(scene), writers.length]).toEqual([2, 2]);
});

test("where nobody says who it is, it is opened anew once a full disk has room", async () => {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  const { tickMs } = scene.world.config;
  await scene.pass(12 * tickMs);
  expect(openings(scene)).toBe(0);
  await fullFor(scene, tickMs);
  await scene.pass(40 * tickMs);
  expect(openings(scene)).toBe(1);
});

test("its successor's log is another, with a writer of its own", async () => {
  const { scene, first, tickMs } = await written();
  const { files, layout } = scene.world;
  scene.kill(first);
  files.writeAtomic(layout.paneLog(scene.identity("echo")), "what was kept of it");
  scene.kill(scene.server("echo").process);
  await scene.pass(40 * tickMs);
  expect([scene.ends("echo").length, openings(scene)]).toEqual([2, 0]);
});

const secs = (ms: number) => Math.floor(ms / 1000);

/** Its log was put there while no daemon looked, and is its writer's or is not. */
test.each(["its own", "another's"])("one that prints into %s, idle by its log", async (of) => {
  const scene = await Scene.of({ peers: { echo: {} }, config: { idleMs: 600_000 } });
  await scene.ask("echo", "wake");
  const { pid } = spawnWriter(scene).ref;
  scene.killDaemon();
  const { files, layout } = scene.world;
  const log = layout.paneLog(scene.identity("echo"));
  files.writeAtomic(log, "as somebody would have it");
  files.makeFolder(`/proc/${pid}/fd`);
  if (of === "its own") files.special(`/proc/${pid}/fd/1`, { symlinkTo: log });
  else files.writeAtomic(`/proc/${pid}/fd/1`, "what it has printed since");
  await scene.restart();
  const { tmux } = scene.manned.host;
  const query = tmux.query.bind(tmux);
  tmux.query = (socket, identity, format) =>
    format.includes("window_activity")
      ? Promise.resolve({ state: "answered", text: `1 ${secs(scene.world.time.wall())}` })
      : query(socket, identity, format);
  await scene.pass(720_000);
  expect(scene.ends("echo")).toMatchObject([of === "its own" ? { reason: "idle" } : null]);
  expect(openings(scene)).toBe(of === "its own" ? 0 : 1);
});
