// Records that cannot be read or written for a while (lifecycle §5): nothing is said of a life
// that nobody can judge, and what was decided is on record in the end.

import { describe, expect, test } from "bun:test";
import { Scene } from "./scene.ts";

test("a start record that cannot be read makes nobody dead", async () => {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.pass(2000);
  const { process, dir } = scene.server("echo");
  scene.killDaemon();
  scene.world.files.denied.add(`${dir}/start.json`);
  await scene.restart();
  await scene.pass(3 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toEqual([null]);
  expect(process.state).toBe("running");
  expect(await scene.ask("echo", "stop")).toMatchObject({ cause: "liveness-unknown" });
  scene.world.files.denied.clear();
  await scene.pass(scene.world.config.tickMs);
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
});

test("a life that a reboot ended says since when nobody had seen it", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  await scene.pass(scene.world.config.tickMs);
  const seen = new Date(Math.floor(scene.world.time.wall()));
  scene.killDaemon();
  scene.world.reboot(600_000);
  await scene.restart();
  await scene.pass(3000);
  const [end] = scene.ends("echo");
  expect(end).toMatchObject({ cause: "host-reboot" });
  const since = Date.parse(end?.since ?? "");
  expect(since).toBeLessThanOrEqual(seen.getTime());
  expect(since).toBeGreaterThan(seen.getTime() - 2 * scene.world.config.tickMs);
});

test("a park that a full disk kept off the record is a park once there is room", async () => {
  const idleMs = 600_000;
  const scene = await Scene.of({ peers: { echo: {} }, config: { idleMs } });
  await scene.ask("echo", "wake");
  await scene.pass(idleMs - 30_000);
  scene.world.files.full = true;
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.world.tmux.servers()).toEqual([]);
  expect(scene.ends("echo")).toEqual([null]);
  expect(scene.events("end-unwritten")).toHaveLength(1);
  scene.world.files.full = false;
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
  expect(scene.doc("echo")).toMatchObject({ parked: true, deaths: [] });
});

test("on a full disk new ends nobody, since nothing could be begun", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  scene.world.files.full = true;
  const next = "make room on the disk, or the folder writable, then try again";
  const refused = { result: "failed", cause: "state-unwritable", next };
  expect(await scene.ask("echo", "new")).toMatchObject(refused);
  expect(await scene.ask("echo", "refresh")).toMatchObject(refused);
  expect(scene.ends("echo")).toEqual([null]);
  scene.world.files.full = false;
  expect(await scene.ask("echo", "new")).toMatchObject({ result: "woke" });
  expect(scene.ends("echo")).toMatchObject([{ reason: "new" }, null]);
});

describe("the end that makes way for a new session, on a disk that fills meanwhile", () => {
  async function anew(roomFor: "the launch" | "nothing") {
    const scene = await Scene.of({ peers: { echo: { always_on: true } } });
    await scene.pass(3000);
    const { files } = scene.manned.host;
    const makeFolder = files.makeFolder.bind(files);
    const linkNew = files.linkNew.bind(files);
    files.linkNew = (...of) => {
      scene.world.files.full = true;
      files.linkNew = linkNew;
      return linkNew(...of);
    };
    files.makeFolder = (...of) => {
      if (roomFor === "the launch") scene.world.files.full = false;
      return makeFolder(...of);
    };
    const answer = await scene.ask("echo", "new");
    scene.world.files.full = false;
    await scene.pass(2 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "new" }, null]);
    expect(scene.doc("echo").deaths).toEqual([]);
    return answer;
  }

  test("is on record once there is room", async () => {
    expect(await anew("nothing")).toMatchObject({ result: "failed", cause: "state-folder" });
  });

  test("is on record where there is room for the launch again", async () => {
    expect(await anew("the launch")).toMatchObject({ result: "woke" });
  });
});

test("a server that nobody reaps is ended once, and told so once", async () => {
  const idleMs = 60_000;
  const config = { idleMs };
  const scene = await Scene.of({ peers: { echo: {} }, config, zombies: true, watch: "deaf" });
  await scene.ask("echo", "wake");
  await scene.pass(3 * idleMs);
  const actions = scene.events("supervise").map(({ fields }) => fields["action"]);
  expect(actions).toEqual(["canary", "reaped-idle", "parked"]);
  await scene.ask("echo", "wake");
  await scene.ask("echo", "stop");
  const later = scene.events("supervise").map(({ fields }) => fields["action"]);
  expect(later.slice(actions.length)).toEqual(["canary", "skipped-stopped"]);
});

test("a server whose pane has died and whom nobody reaps is cleared once", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, zombies: true, watch: "deaf" });
  await scene.ask("echo", "wake");
  const server = scene.server("echo");
  for (const entry of scene.world.table.all()) if (entry.kind === "canary") scene.kill(entry);
  // No hook runs: its server stays, and the daemon has the word.
  scene.world.tmux.onPaneDied = null;
  scene.kill(server.pane.process);
  // Each is looked at in full once in ten ticks.
  await scene.pass(12 * scene.world.config.tickMs);
  const actions = scene.events("supervise").map(({ fields }) => fields["action"]);
  expect(actions.filter((action) => action === "cleared-server")).toHaveLength(1);
  expect(scene.ends("echo")).toMatchObject([{ ev: "session-exit", by: "daemon" }]);
});

test("a deliberate end names the signal that brought it", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const { pid } = scene.server("echo").process.ref;
  await scene.ask("echo", "stop");
  const [end] = scene.ends("echo");
  const sent = scene.events("signal").find(({ fields }) => fields["pid"] === pid);
  expect(sent?.fields).toMatchObject({ role: "server", signal: "TERM" });
  expect(end?.verdict).toMatchObject({ ours: true, signalId: String(sent?.fields["id"]) });
});

test("an end that only the daemon saw says how the host did for memory", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const vmstat = (kills: number) => {
    scene.world.files.makeFolder("/proc");
    scene.world.files.writeAtomic("/proc/vmstat", `oom_kill ${kills}\n`);
  };
  vmstat(3);
  await scene.pass(2 * scene.world.config.tickMs);
  await scene.ask("echo", "wake");
  vmstat(4);
  for (const entry of scene.world.table.all()) if (entry.kind === "canary") scene.kill(entry);
  scene.kill(scene.server("echo").process);
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject([
    { by: "daemon", cause: "server-vanished", verdict: { oom: "seen", confidence: "likely" } },
  ]);
});

test.each(["remove", "stop"] as const)(
  "%s ends what ignored the hangup of a server that was killed with its witness",
  async (verb) => {
    const scene = await Scene.of({ peers: { echo: {} }, stubborn: true });
    await scene.ask("echo", "wake");
    const { process, pane } = scene.server("echo");
    const canary = scene.world.table.all().find(({ kind }) => kind === "canary");
    if (canary === undefined) throw new Error("nobody watches it");
    scene.kill(canary);
    scene.kill(process);
    const asked = scene.begin("echo", verb);
    await scene.pass(10_000);
    expect(asked.answer).toMatchObject({ result: "done" });
    expect(pane.process.state).not.toBe("running");
  },
);

test("a canary that has died with its server is not waited for", async () => {
  const scene = await Scene.of({ peers: { bell: { always_on: true } }, stubborn: true });
  await scene.pass(15_000);
  const { process, dir } = scene.server("bell");
  for (const entry of scene.world.table.all()) {
    if (entry.kind === "canary" && entry.owner === dir) scene.kill(entry);
  }
  const killedWall = scene.world.time.wall();
  scene.kill(process);
  await scene.pass(5000);
  const ends = scene.ends("bell");
  expect(ends).toMatchObject([{ by: "daemon", cause: "server-vanished" }, null]);
  // The hangup has its 100 ms; a canary that is there would have 250 more.
  expect(Date.parse(ends[0]?.ts ?? "") - killedWall).toBeLessThan(200);
});
