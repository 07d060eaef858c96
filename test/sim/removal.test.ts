// A removal says what its preview says (storage contract): what was kept when it began, whichever
// of its parts took it away, and nothing that it only made itself.

import { expect, test } from "bun:test";
import { identityArtefacts } from "../../src/flows/peers/purge.ts";
import { Scene } from "./scene.ts";

const kept = (scene: Scene) => identityArtefacts(scene.manned.host, scene.identity("echo"));

async function told(scene: Scene): Promise<readonly string[]> {
  const answer = await scene.ask("echo", "remove");
  expect(answer).toMatchObject({ result: "done" });
  return answer?.result === "done" ? answer.detail.split("\n") : [];
}

test("a living peer's socket is among what is purged", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const before = kept(scene);
  expect(before.filter((path) => path.endsWith(".sock"))).toHaveLength(1);
  const [first, ...rest] = await told(scene);
  expect(first).toBe(`removed; purged ${before.length} artefacts`);
  expect(rest.slice(0, before.length).toSorted()).toEqual(before.toSorted());
  expect(scene.events("removed")).toMatchObject([{ fields: { purged: before.length } }]);
});

test("of one that never ran nothing is purged, though the removal stops it first", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  expect(kept(scene)).toEqual([]);
  const [first, folder, profile] = await told(scene);
  expect(first).toBe("removed; nothing was kept under its name");
  expect(folder).toStartWith("its folder stays: ");
  expect(profile).toMatch(/^its profile is kept as .*\/peer-profile\.json\.removed-/);
  expect(kept(scene)).toEqual([]);
});

test("a stop flag of before is an artefact", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "stop");
  const [doc = ""] = kept(scene);
  expect((await told(scene)).slice(0, 2)).toEqual(["removed; purged 1 artefact", doc]);
});

test.each([
  ["is back already", 20_000],
  ["waits for its restart", 3000],
])("of one that %s, an end that nobody has recorded yet is told before it goes", async (_, ms) => {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.pass(ms);
  const { generation } = scene.doc("echo");
  const { process, dir } = scene.server("echo");
  const { table } = scene.world;
  const witnesses = table.all().filter(({ kind, owner }) => kind === "canary" && owner === dir);
  for (const witness of witnesses) scene.kill(witness);
  scene.kill(process);
  await scene.pass(300);
  expect(scene.ends("echo")[0]).toBeNull();
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  const told = scene.log.filter(
    ({ log, fields }) => log === "exits" && fields.generation === generation,
  );
  expect(told).toMatchObject([{ ev: "server-exit", fields: { by: "daemon" } }]);
  expect(kept(scene)).toEqual([]);
});
