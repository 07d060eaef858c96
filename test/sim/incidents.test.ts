// Several deaths within a second are one incident (lifecycle §4): one line, its likely cause, and
// relaunches that do not come all at once.

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { Scene } from "./scene.ts";

const NAMES = Array.from({ length: 8 }, (_, index) => `p${index}`);
const HELD: Partial<RegistryEntry> = { always_on: true };
const eight = (watch?: Partial<Parameters<typeof Scene.of>[0]>) =>
  Scene.of({ peers: Object.fromEntries(NAMES.map((name) => [name, HELD])), ...watch });

/** Long enough for a restart at once, and for a tick. */
const HEALTHY_MS = 61_000;

function massacre(scene: Scene): void {
  for (const name of NAMES) scene.kill(scene.server(name).process);
}

function vmstat(scene: Scene, kills: number): void {
  scene.world.files.makeFolder("/proc");
  scene.world.files.writeAtomic("/proc/vmstat", `nr_free_pages 1\noom_kill ${kills}\n`);
}

test("what the kernel killed before a relaunch does not count as its successor's", async () => {
  const scene = await Scene.of({ peers: { bell: HELD, ann: {} } });
  vmstat(scene, 5);
  await scene.pass(HEALTHY_MS);
  scene.begin("ann", "wake");
  await scene.pass(5);
  vmstat(scene, 6);
  scene.kill(scene.server("bell").process);
  await scene.pass(30);
  const { files } = scene.world;
  const script = files.read(`${scene.server("bell").dir}/canary.sh`);
  expect(script.state === "ok" && script.text).toContain("oom_kills='6'\n");
});

test("a relaunch waits its turn, and no longer", async () => {
  const scene = await eight();
  await scene.pass(HEALTHY_MS);
  const begun = scene.world.time.mono();
  const ups: number[] = [];
  scene.world.tmux.onBoot = () => void ups.push(scene.world.time.mono() - begun);
  massacre(scene);
  await scene.pass(900);
  expect(ups).toHaveLength(NAMES.length);
  // One every 20 ms, and whatever a launch takes.
  const waits = ups.map((ms, index) => ms - 20 * index);
  expect(Math.max(...waits)).toBeLessThan(15);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  expect(scene.events("incident")).toEqual([]);
  await scene.pass(200);
  const [incident, ...others] = scene.events("incident");
  expect(others).toEqual([]);
  expect(incident?.fields).toMatchObject({ deaths: 8, cause: "unknown" });
  const named = String(incident?.fields["identities"]).split(",").toSorted();
  expect(named).toEqual(NAMES.map((name) => `command-${name}`));
});

test("a relaunch that waits its turn is one decision", async () => {
  const scene = await eight();
  await scene.pass(HEALTHY_MS);
  massacre(scene);
  await scene.pass(900);
  for (const name of NAMES) {
    const [presence] = scene.supervisor.why(name as Personality).presences;
    const told = presence?.decisions.map(({ action }) => action) ?? [];
    const since = told.slice(told.lastIndexOf("settle-death"));
    expect([name, ...since]).toEqual([name, "settle-death", "relaunch", "wake-fresh", "none"]);
  }
});

test("one peer that dies twice is no incident", async () => {
  const scene = await Scene.of({ peers: { echo: HELD } });
  await scene.pass(HEALTHY_MS);
  scene.kill(scene.server("echo").process);
  await scene.pass(400);
  scene.kill(scene.server("echo").process);
  await scene.pass(3000);
  expect(scene.doc("echo").deaths).toHaveLength(2);
  expect(scene.events("incident")).toEqual([]);
});

/** The rest of proc(5)'s line, up to the start time. */
const REST = ` ${"0 ".repeat(15)}4711`;

describe("the cause", () => {
  test("memory, when the kernel has just killed for it", async () => {
    const scene = await eight();
    vmstat(scene, 1);
    await scene.pass(3 * HEALTHY_MS);
    vmstat(scene, 2);
    massacre(scene);
    await scene.pass(3000);
    expect(scene.events("incident")).toMatchObject([{ fields: { cause: "host-memory-pressure" } }]);
  });

  test("not a kill for memory of hours ago", async () => {
    const scene = await eight();
    vmstat(scene, 1);
    await scene.restart();
    await scene.pass(HEALTHY_MS);
    vmstat(scene, 2);
    await scene.pass(3 * HEALTHY_MS);
    massacre(scene);
    await scene.pass(3000);
    expect(scene.events("incident")).toMatchObject([{ fields: { cause: "unknown" } }]);
  });

  const holders = [
    ["their parent has ended", true, "killed-parent"],
    ["their parent lives", false, "unknown"],
  ] as const;

  function parentOfAll(scene: Scene) {
    const { world } = scene;
    const holder = world.table.spawn({ kind: "stranger" });
    for (const name of NAMES) {
      const { pid } = scene.server(name).process.ref;
      world.files.makeFolder(`/proc/${pid}`);
      const stat = `${pid} (tmux: server) x) S ${holder.ref.pid} 1 1${REST}`;
      world.files.writeAtomic(`/proc/${pid}/stat`, stat);
    }
    return holder;
  }

  test.each(holders)("%s", async (_, ends, cause) => {
    const scene = await eight();
    await scene.pass(2000);
    const holder = parentOfAll(scene);
    await scene.pass(HEALTHY_MS);
    if (ends) scene.kill(holder);
    massacre(scene);
    await scene.pass(3000);
    expect(scene.events("incident")).toMatchObject([{ fields: { cause } }]);
  });

  test("their parent has ended, also where each pass finds something to do", async () => {
    const scene = await eight();
    await scene.pass(2000);
    const holder = parentOfAll(scene);
    // No canary can be spawned again.
    for (const name of NAMES) scene.world.files.remove(`${scene.server(name).dir}/canary.sh`);
    for (const entry of scene.world.table.all()) {
      if (entry.kind.startsWith("canary")) scene.kill(entry);
    }
    await scene.pass(HEALTHY_MS);
    scene.kill(holder);
    massacre(scene);
    await scene.pass(3000);
    expect(scene.events("incident")).toMatchObject([{ fields: { cause: "killed-parent" } }]);
  });

  const OTHERS = "/user.slice/session-3.scope";
  const groups = [
    ["their group is gone", { group: OTHERS, left: null, cause: "killed-parent" }],
    ["their group is empty", { group: OTHERS, left: "", cause: "killed-parent" }],
    ["their group still holds others", { group: OTHERS, left: "17\n", cause: "unknown" }],
    ["it is ours as well", { group: "/user.slice/ours", left: null, cause: "unknown" }],
  ] as const;

  test.each(groups)("%s", async (_, { group, left, cause }) => {
    const scene = await eight();
    await scene.pass(2000);
    const { files } = scene.world;
    const put = (path: string, text: string) => {
      files.makeFolder(path.slice(0, path.lastIndexOf("/")));
      files.writeAtomic(path, text);
    };
    const procs = `/sys/fs/cgroup${group}/cgroup.procs`;
    put("/proc/self/cgroup", "0::/user.slice/ours\n");
    put("/sys/fs/cgroup/cgroup.controllers", "cpu\n");
    put(procs, "all of them\n");
    for (const name of NAMES) {
      const { pid } = scene.server(name).process.ref;
      put(`/proc/${pid}/stat`, `${pid} (tmux: server) S 1 1 1${REST}`);
      put(`/proc/${pid}/cgroup`, `1:name=systemd:/x\n0::${group}\n`);
    }
    await scene.pass(HEALTHY_MS);
    if (left === null) files.remove(procs);
    else put(procs, left);
    massacre(scene);
    await scene.pass(3000);
    expect(scene.events("incident")).toMatchObject([{ fields: { cause } }]);
  });
});

test("deaths while no daemon ran are an incident too", async () => {
  const scene = await eight();
  await scene.pass(HEALTHY_MS);
  scene.killDaemon();
  massacre(scene);
  await scene.pass(5000);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.events("incident")).toMatchObject([{ fields: { deaths: 8 } }]);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.events("incident")).toHaveLength(1);
});
