// A pane log that somebody has deleted under a living session (lifecycle §4): it is opened anew.
// Where that cannot be done, what it prints goes nowhere, and is a sign of work all the same, which
// tmux is asked for before anybody is parked.

import { expect, test } from "bun:test";
import { settle } from "../fakes/time.ts";
import { Scene } from "./scene.ts";

const config = { idleMs: 600_000 };

const OUTPUT = "#{pane_pipe} #{window_activity}";
const NO_LOG = { state: "unknown", detail: "no log" } as const;

const logOf = (scene: Scene) => scene.world.layout.paneLog(scene.identity("echo"));
const isThere = (scene: Scene) => scene.world.files.stat(logOf(scene)).state === "ok";
const openings = (scene: Scene) =>
  scene.events("supervise").filter(({ fields }) => fields["action"] === "reopened-pane-log");

async function whole(): Promise<Scene> {
  const scene = await Scene.of({ peers: { echo: {} }, config });
  await scene.ask("echo", "wake");
  return scene;
}

async function robbed(): Promise<Scene> {
  const scene = await whole();
  scene.world.files.remove(logOf(scene));
  return scene;
}

/** Without its log, `echo` has printed last at this time of the wall's, or tmux does not say. */
async function logless(printed: (scene: Scene) => string, of = robbed) {
  const scene = await of();
  const { tmux } = scene.manned.host;
  tmux.openLog = () => Promise.resolve(NO_LOG);
  const query = tmux.query.bind(tmux);
  tmux.query = (socket, identity, format) =>
    format === OUTPUT
      ? Promise.resolve({ state: "answered", text: `1 ${printed(scene)}` })
      : query(socket, identity, format);
  return scene;
}

const secs = (ms: number) => `${Math.floor(ms / 1000)}\n`;

test("it is there again at the next pass, and once is enough", async () => {
  const scene = await robbed();
  await scene.pass(scene.world.config.tickMs);
  expect([isThere(scene), openings(scene).length]).toEqual([true, 1]);
  await scene.pass(10 * scene.world.config.tickMs);
  expect(openings(scene)).toHaveLength(1);
});

test("removed once more, it is opened once more", async () => {
  const scene = await robbed();
  await scene.pass(scene.world.config.tickMs);
  scene.world.files.remove(logOf(scene));
  await scene.pass(6 * scene.world.config.tickMs);
  expect([isThere(scene), openings(scene).length]).toEqual([true, 2]);
});

/** As by `sed -i`: the file is another one, and its writer has the old one. */
function replace({ world: { files } }: Scene, log: string): void {
  files.writeAtomic(log, "as somebody would have it");
}

test("one that was replaced is opened anew, and nobody is parked for its silence", async () => {
  const scene = await logless(({ world }) => secs(world.time.wall() - 5000), whole);
  replace(scene, logOf(scene));
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toEqual([null]);
  expect(openings(scene)).not.toEqual([]);
});

test("replaced once more, it is opened once more", async () => {
  const scene = await whole();
  replace(scene, logOf(scene));
  await scene.pass(scene.world.config.tickMs);
  replace(scene, logOf(scene));
  await scene.pass(6 * scene.world.config.tickMs);
  expect(openings(scene)).toHaveLength(2);
});

test("once opened, the one that is there by then is its own", async () => {
  const scene = await whole();
  replace(scene, logOf(scene));
  await scene.pass(8 * scene.world.config.tickMs);
  expect(openings(scene)).toHaveLength(1);
});

test("the logs of many are opened some at a time", async () => {
  const names = Array.from({ length: 40 }, (_, at) => `peer-${at}`);
  const peers = Object.fromEntries(names.map((name) => [name, { always_on: true }]));
  const scene = await Scene.of({ peers });
  const { tickMs, launchConcurrency } = scene.world.config;
  await scene.pass(tickMs);
  let [now, most] = [0, 0];
  const { tmux } = scene.manned.host;
  const openLog = tmux.openLog.bind(tmux);
  tmux.openLog = async (socket, identity) => {
    most = Math.max(most, (now += 1));
    const answer = await openLog(socket, identity);
    now -= 1;
    return answer;
  };
  scene.world.files.removeTree(scene.world.layout.panesDir);
  await scene.pass(2 * tickMs);
  expect([openings(scene).length, most]).toEqual([names.length, launchConcurrency]);
});

test("a session that has just come up is about to make its own", async () => {
  const scene = await whole();
  await scene.pass(4 * scene.world.config.tickMs);
  expect(openings(scene)).toEqual([]);
});

/** How often it had been opened anew when it was so old, and seemed to have lost its log. */
async function openedBy(ageMs: number, seems: (scene: Scene) => void): Promise<number> {
  const scene = await Scene.of({ peers: { echo: {} }, config });
  const { promise, resolve } = Promise.withResolvers<void>();
  scene.world.tmux.onBoot = () => resolve();
  scene.begin("echo", "wake");
  await settle(scene.world.time, promise);
  await scene.pass(100);
  seems(scene);
  scene.supervisor.tick();
  await scene.pass(ageMs - 150);
  scene.supervisor.tick();
  await scene.pass(10);
  return openings(scene).length;
}

test.each([
  [4900, 0],
  [5100, 1],
])("one of %p ms has had the time to make it: %p", async (ageMs, times) => {
  const lose = (scene: Scene) => void scene.world.files.remove(logOf(scene));
  expect(await openedBy(ageMs, lose)).toBe(times);
});

test.each([
  [900, 0],
  [1100, 1],
])("one of %p ms has had the time to have its writer: %p", async (ageMs, times) => {
  // Opened before that, it would pass for one that has taken its pane.
  const doubt = (scene: Scene) => {
    scene.world.files.full = true;
    scene.supervisor.tick();
    scene.world.files.full = false;
  };
  expect(await openedBy(ageMs, doubt)).toBe(times);
});

test("where it cannot be opened, that is said, and is not tried at every pass", async () => {
  const scene = await robbed();
  scene.manned.host.tmux.openLog = () => Promise.resolve(NO_LOG);
  await scene.pass(4 * scene.world.config.tickMs);
  expect(openings(scene).map(({ fields }) => fields["detail"])).toEqual([NO_LOG.detail]);
  expect(scene.ends("echo")).toEqual([null]);
});

test("who prints on is not parked", async () => {
  const scene = await logless(({ world }) => secs(world.time.wall() - 5000));
  await scene.pass(4 * config.idleMs);
  expect(scene.ends("echo")).toEqual([null]);
  const all = scene.log.filter(({ ev }) => ev === "bug");
  expect(all).toEqual([]);
});

test("who has printed nothing since is, and in time", async () => {
  let atMs = 0;
  const scene = await logless(() => secs(atMs));
  await scene.pass(config.idleMs / 2);
  atMs = scene.world.time.wall();
  await scene.pass(config.idleMs - scene.world.config.tickMs);
  expect(scene.ends("echo")).toEqual([null]);
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test.each(["", "soon", "-5"])("an answer of %j says nothing", async (answer) => {
  const scene = await logless(() => answer);
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test("of a log that is written tmux knows no more", async () => {
  const scene = await logless(({ world }) => secs(world.time.wall()), whole);
  scene.world.files.append(logOf(scene), "its last words");
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

/** The file is there, and its writer has ended: tmux tells so when it is asked. */
async function writerless(printed: (scene: Scene) => string) {
  const scene = await logless(printed, whole);
  const { tmux } = scene.manned.host;
  scene.world.files.append(logOf(scene), "its last words");
  const query = tmux.query.bind(tmux);
  const opened: string[] = [];
  tmux.query = async (socket, identity, format) => {
    const answer = await query(socket, identity, format);
    const isClosed = format === OUTPUT && opened.length === 0 && answer.state === "answered";
    return isClosed ? { ...answer, text: answer.text.replace("1", "0") } : answer;
  };
  tmux.openLog = (socket) => {
    opened.push(socket);
    return Promise.resolve({ state: "answered", text: "" });
  };
  return { scene, opened };
}

test("who prints on without a writer is not parked, and gets another", async () => {
  const { scene, opened } = await writerless(({ world }) => secs(world.time.wall() - 5000));
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect([scene.ends("echo"), opened.length]).toEqual([[null], 1]);
});

test("who rests without a writer is parked", async () => {
  const { scene, opened } = await writerless(() => secs(0));
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
  expect(opened).toEqual([]);
});
