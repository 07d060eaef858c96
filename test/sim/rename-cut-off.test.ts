// A rename killed before any of its effects: the daemon that comes after it has all of the peer's
// lives under one name, with the one end record that each has.

import { describe, expect, test } from "bun:test";
import { listGenerations } from "../../src/flows/session/records.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

type Spoil = (scene: Scene) => void;

/** Two lives, of which the second has died by itself; the daemon is killed at its n-th effect. */
async function cutOff(at: number, spoil: Spoil = () => undefined) {
  const scene = await Scene.of({ peers: { once: {} } });
  await scene.ask("once", "start");
  await scene.ask("once", "stop");
  await scene.ask("once", "start");
  scene.kill(scene.server("once").process);
  await scene.pass(3000);
  const ends = scene.ends("once");
  const { files, layout } = scene.world;
  files.writeAtomic(layout.paneLog(scene.identity("once")), "its last words");
  const { life } = scene.manned;
  life.crashAt = life.effects + at;
  const asked = scene.begin("once", "rename", { to: "twice" });
  await scene.pass(4000);
  const isCut = life.ended;
  scene.killDaemon();
  spoil(scene);
  await scene.restart();
  await scene.pass(3000);
  return { scene, ends, isCut, asked };
}

function nameNow({ manned }: Scene): string {
  const read = readRegistry(manned.host);
  if (read.state !== "ok") throw new Error(read.state);
  return read.registry.peers.map(({ personality }) => personality).join(" ");
}

const sessions = (scene: Scene, name: string) =>
  listGenerations(scene.manned.host, `${PLAIN}-${name}` as never).length;

test("every life keeps its one end, wherever the rename was cut off", async () => {
  const names = new Set<string>();
  let cuts = 0;
  for (;;) {
    const { scene, ends, isCut, asked } = await cutOff(cuts + 1);
    const name = nameNow(scene);
    names.add(name);
    const other = name === "once" ? "twice" : "once";
    const told = [cuts, scene.ends(name), sessions(scene, other)];
    expect(told).toEqual([cuts, ends, 0]);
    const { files, layout } = scene.world;
    expect([cuts, files.stat(layout.paneLog(scene.identity(name))).state]).toEqual([cuts, "ok"]);
    const left = verify(scene.manned.host).findings.map(({ code }) => code);
    expect([cuts, left.filter((code) => code === "orphan-session")]).toEqual([cuts, []]);
    expect(await scene.ask(name, "start")).toMatchObject({ result: "woke" });
    if (!isCut) {
      expect(asked.answer).toMatchObject({ result: "done" });
      break;
    }
    cuts += 1;
  }
  expect(cuts).toBeGreaterThan(5);
  expect(names).toEqual(new Set(["once", "twice"]));
});

const SPOILT: Readonly<Record<string, Spoil>> = {
  gone: ({ world }) => void world.files.remove(world.layout.registry),
  "cut off too": ({ world }) => void world.files.writeAtomic(world.layout.registry, "{"),
};

describe("and where the registry is", () => {
  test.each(Object.keys(SPOILT))("%s", async (how) => {
    let isCut = true;
    for (let cuts = 0; isCut; cuts += 1) {
      const cut = await cutOff(cuts + 1, SPOILT[how]);
      const { scene, ends } = cut;
      await scene.pass(3000);
      const name = nameNow(scene);
      const other = name === "once" ? "twice" : "once";
      const told = [cuts, scene.ends(name), sessions(scene, other)];
      expect(told).toEqual([cuts, ends, 0]);
      isCut = cut.isCut;
    }
  });

  test("not to be read until later", async () => {
    const deny: Spoil = ({ world }) => void world.files.denied.add(world.layout.registry);
    let isCut = true;
    for (let cuts = 0; isCut; cuts += 1) {
      const cut = await cutOff(cuts + 1, deny);
      const { scene, ends } = cut;
      const { config, files } = scene.world;
      await scene.pass(2 * config.tickMs);
      files.denied.clear();
      await scene.pass(2 * config.tickMs);
      const name = nameNow(scene);
      const other = name === "once" ? "twice" : "once";
      const told = [cuts, scene.ends(name), sessions(scene, other)];
      expect(told).toEqual([cuts, ends, 0]);
      expect(scene.doc(name).deaths).toHaveLength(1);
      expect(await scene.ask(name, "start")).toMatchObject({ result: "woke" });
      isCut = cut.isCut;
    }
  });
});
