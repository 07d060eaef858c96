// A start record that is gone or broken, an end that cannot be read, a boot that cannot be told:
// none of it makes a living session dead, and what is dead has its one record (lifecycle §2, §5).

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { Scene } from "./scene.ts";

async function lived() {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const server = scene.server("echo");
  const start = `${server.dir}/start.json`;
  const end = `${server.dir}/end.json`;
  return { scene, server, start, end };
}

const stateOf = (scene: Scene) =>
  scene.supervisor.why("echo" as Personality).presences[0]?.state;

/** It is ours again, and has not been touched. */
async function goesOn({ scene, server }: Awaited<ReturnType<typeof lived>>) {
  expect(server.process.state).toBe("running");
  expect(scene.ends("echo")).toEqual([null]);
  expect(stateOf(scene)).toBe("alive");
  expect(await scene.ask("echo", "wake")).toMatchObject({ result: "already-alive" });
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  expect(server.process.state).not.toBe("running");
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
}

describe.each(["missing", "broken"] as const)("the record of a living session is %s", (how) => {
  const damage = ({ scene, start }: Awaited<ReturnType<typeof lived>>) => {
    const { files } = scene.world;
    if (how === "missing") files.remove(start);
    else files.writeAtomic(start, "{");
  };

  test("and is made anew from who answers", async () => {
    const life = await lived();
    damage(life);
    await life.scene.restart();
    await life.scene.pass(5000);
    await goesOn(life);
  });

  test("also where there is no room for it at first", async () => {
    const life = await lived();
    const { scene } = life;
    damage(life);
    scene.killDaemon();
    scene.world.files.full = true;
    await scene.restart();
    await scene.pass(70_000);
    expect(scene.ends("echo")).toEqual([null]);
    expect(stateOf(scene)).toBe("unknown");
    scene.world.files.full = false;
    await scene.pass(scene.world.config.tickMs + 5000);
    await goesOn(life);
  });

  test("also where its server does not say whose it is for a while", async () => {
    const life = await lived();
    const { scene } = life;
    damage(life);
    scene.killDaemon();
    scene.world.faults.hung = true;
    await scene.restart();
    await scene.pass(90_000);
    expect(scene.ends("echo")).toEqual([null]);
    expect(stateOf(scene)).toBe("unknown");
    scene.world.faults.hung = false;
    await scene.pass(scene.world.config.tickMs + 5000);
    await goesOn(life);
  });

  test("and it has died: it has one record, and is nobody's to wait for", async () => {
    const life = await lived();
    const { scene, server } = life;
    damage(life);
    scene.killDaemon();
    scene.world.files.full = true;
    scene.kill(server.process);
    await scene.pass(100);
    scene.world.files.full = false;
    await scene.restart();
    await scene.pass(5000);
    expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }]);
    expect(await scene.ask("echo", "wake")).toMatchObject({ result: "woke" });
  });
});

test("an end that cannot be read any more is set aside, and there is one again", async () => {
  const { scene, server, end } = await lived();
  scene.kill(server.process);
  await scene.pass(3000);
  scene.killDaemon();
  scene.world.files.writeAtomic(end, "");
  await scene.restart();
  await scene.pass(5000);
  expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit", cause: "unwitnessed" }]);
  const [line] = scene.events("file-corrupt");
  expect(line?.fields["moved_to"]).toStartWith(`${end}.corrupt-`);
});

test("one beside a living server is set aside as well, and it goes on", async () => {
  const life = await lived();
  const { scene, end } = life;
  scene.killDaemon();
  scene.world.files.writeAtomic(end, "");
  await scene.restart();
  await scene.pass(5000);
  expect(scene.events("file-corrupt")).toHaveLength(1);
  await goesOn(life);
});

test("one whose server cannot be told stays, and nobody is judged by it", async () => {
  const { scene, server, end } = await lived();
  scene.killDaemon();
  scene.world.files.writeAtomic(end, "");
  scene.world.faults.unknown = 1;
  await scene.restart();
  await scene.pass(5000);
  expect(server.process.state).toBe("running");
  expect(stateOf(scene)).toBe("unknown");
  expect(scene.world.files.read(end)).toMatchObject({ text: "" });
});

describe("a boot that cannot be told", () => {
  test.each([
    ["when it began", true, false],
    ["now", false, true],
    ["ever", true, true],
  ])("%s makes nobody dead", async (_, then, now) => {
    const scene = await Scene.of({ peers: { echo: {} } });
    scene.world.faults.bootless = then;
    await scene.restart();
    await scene.ask("echo", "wake");
    const server = scene.server("echo");
    scene.world.faults.bootless = now;
    await scene.restart();
    await scene.pass(70_000);
    expect(server.process.state).toBe("running");
    expect(scene.ends("echo")).toEqual([null]);
    expect(await scene.ask("echo", "wake")).toMatchObject({ result: "already-alive" });
    scene.kill(server.process);
    await scene.pass(3000);
    expect(scene.ends("echo")).toMatchObject([{ cause: "server-vanished" }]);
  });
});
