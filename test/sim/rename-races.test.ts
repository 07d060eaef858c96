// A rename and what else is asked of the peer at the same moment: whichever comes first, every life
// is some peer's, is found under the name that it has now, and has exactly one end record.

import { expect, test } from "bun:test";
import type { Verb, VerbAnswer } from "../../src/core/api.ts";
import { identitiesOf } from "../../src/core/profile.ts";
import { listGenerations, readStart } from "../../src/flows/session/records.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

/** Somebody else has the registry, for so long. */
function holdRegistry(scene: Scene, ms: number): void {
  const { host } = scene.manned;
  const work = () => host.clock.sleep(ms);
  host.lock.withLock(host.layout.registry, work).catch(() => undefined);
}

function registered(scene: Scene): readonly string[] {
  const read = readRegistry(scene.manned.host);
  return read.state === "ok" ? identitiesOf(read.registry.peers) : [];
}

const kept = (scene: Scene, dir: string): readonly string[] => {
  const listed = scene.manned.host.files.list(dir);
  return "names" in listed ? listed.names.map((name) => name.replace(/\.json$/, "")) : [];
};

/** Ends it all, and looks at what there is then. */
async function expectAllOwned(scene: Scene): Promise<void> {
  const { layout } = scene.world;
  const known = registered(scene);
  expect(known).toHaveLength(1);
  for (const { identity } of scene.world.tmux.servers()) expect(known).toContain(identity);
  for (const dir of [layout.sessionsDir, layout.identityDocsDir]) {
    expect([dir, ...kept(scene, dir).filter((name) => !known.includes(name))]).toEqual([dir]);
  }
  const name = known[0]?.slice(PLAIN.length + 1) ?? "";
  expect(await scene.ask(name, "stop")).toMatchObject({ result: "done" });
  expect(scene.world.tmux.servers()).toEqual([]);
  expect(scene.ends(name)).not.toContain(null);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends(name)).not.toContain(null);
  expect(await scene.ask(name, "start")).toMatchObject({ result: "woke" });
}

const VERBS = ["start", "wake", "new", "stop", "refresh", "self-fresh"] as const;

/** `during`: the rename waits for the registry; `late`: it gets it in the next millisecond. */
const MOMENTS = ["before", "at-once", "during", "late"] as const;
const HELD_MS = 200;

async function race(verb: Verb, moment: (typeof MOMENTS)[number], always_on = false) {
  const scene = await Scene.of({ peers: { once: { always_on } } });
  await scene.ask("once", "start");
  await scene.ask("once", "stop");
  if (moment === "during" || moment === "late") holdRegistry(scene, HELD_MS);
  const both: { answer: VerbAnswer | null }[] = [];
  const other = () => both.push(scene.begin("once", verb));
  if (moment === "before") other();
  both.push(scene.begin("once", "rename", { to: "twice" }));
  if (moment === "during") await scene.pass(HELD_MS / 2);
  if (moment === "late") await scene.pass(HELD_MS - 1);
  if (moment !== "before") other();
  await scene.pass(5000);
  expect(both.map(({ answer }) => answer?.result)).not.toContain(undefined);
  return { scene, answers: both.map(({ answer }) => answer) };
}

const CASES = VERBS.flatMap((verb) => MOMENTS.map((moment) => [verb, moment] as const));

test.each(CASES)("%s, and a rename: %s", async (verb, moment) => {
  const { scene } = await race(verb, moment);
  await expectAllOwned(scene);
});

test.each(MOMENTS)("an always-on peer is not brought up under its old name: %s", async (moment) => {
  const { scene } = await race("start", moment, true);
  await expectAllOwned(scene);
});

test.each(MOMENTS)("a removal leaves nothing of either name: %s", async (moment) => {
  const { scene, answers } = await race("remove", moment);
  const { layout } = scene.world;
  const known = registered(scene);
  const done = answers.filter((answer) => answer?.result === "done");
  expect(done).toHaveLength(1);
  expect(scene.world.tmux.servers()).toEqual([]);
  for (const dir of [layout.sessionsDir, layout.identityDocsDir]) {
    expect([dir, ...kept(scene, dir)]).toEqual([dir, ...known]);
  }
  if (known.length === 0) return;
  expect(await scene.ask("twice", "start")).toMatchObject({ result: "woke" });
});

test("a removal that waits for a session to end has begun all the same", async () => {
  const scene = await Scene.of({ peers: { once: {} }, stubborn: true });
  await scene.ask("once", "start");
  const removing = scene.begin("once", "remove");
  await scene.pass(10);
  expect(removing.answer).toBeNull();
  const renaming = scene.begin("once", "rename", { to: "twice" });
  await scene.pass(60_000);
  expect(renaming.answer).toMatchObject({ result: "refused", cause: "unknown-peer" });
  expect(removing.answer).toMatchObject({ result: "done" });
  expect(registered(scene)).toEqual([]);
});

test("who asks for the old name while it is renamed is told so", async () => {
  const { answers } = await race("start", "during");
  const told = { result: "refused", cause: "unknown-peer", detail: "it is being renamed" };
  expect(answers[1]).toMatchObject(told);
});

test("a life whose end nobody has recorded yet has its record under the new name", async () => {
  const scene = await Scene.of({ peers: { once: {} } });
  await scene.ask("once", "start");
  const server = scene.server("once");
  // The canary goes with it: nobody is left to write but the daemon.
  for (const entry of scene.world.table.all()) {
    if (entry.kind === "canary" || entry.kind === "canary-client") scene.kill(entry);
  }
  scene.kill(server.process);
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  expect(scene.ends("twice")).toHaveLength(1);
  expect(scene.ends("twice")).not.toContain(null);
  await expectAllOwned(scene);
});

test("a record says who has that life now, and its end who had it then", async () => {
  const { scene } = await race("refresh", "before");
  const { host } = scene.manned;
  const identity = scene.identity("twice");
  const [generation] = listGenerations(host, identity);
  if (generation === undefined) throw new Error("it has no life");
  const names = { identity: `${PLAIN}-twice`, personality: "twice" };
  expect(readStart(host, { identity, generation })).toMatchObject(names);
  expect(scene.ends("twice")[0]?.identity as string).toBe(`${PLAIN}-once`);
});

test("two renames at once: one of them wins, and nobody waits for ever", async () => {
  const scene = await Scene.of({ peers: { once: {} } });
  holdRegistry(scene, 200);
  const one = scene.begin("once", "rename", { to: "zeta" });
  const two = scene.begin("once", "rename", { to: "alpha" });
  await scene.pass(5000);
  const results = [one, two].map(({ answer }) => answer?.result ?? "none");
  expect(new Set(results)).toEqual(new Set(["done", "refused"]));
  await expectAllOwned(scene);
});

test("two peers that are to have each other's names at once are both refused", async () => {
  const scene = await Scene.of({ peers: { anna: {}, bert: {} } });
  const both = [
    scene.begin("anna", "rename", { to: "bert" }),
    scene.begin("bert", "rename", { to: "anna" }),
  ];
  await scene.pass(3000);
  for (const { answer } of both) {
    expect(answer).toMatchObject({ result: "failed", cause: "name-taken" });
  }
});
