// Whose word it was (lifecycle §5: when, why and by whom): of every verb there is a line that says
// so, of an end that somebody asked for its own record, and `why` remembers it.

import { describe, expect, test } from "bun:test";
import type { Verb, VerbRequest } from "../../src/core/api.ts";
import type { Personality } from "../../src/core/names.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const FROM = "claude-boss";

const given = () => Scene.of({ peers: { ann: { default_runtime: AGENT } } });

/** Asked while it lives. */
async function asked(verb: Verb, request: VerbRequest): Promise<Scene> {
  const scene = await given();
  await scene.ask("ann", "wake");
  await scene.ask("ann", verb, request);
  return scene;
}

const remembered = (scene: Scene) =>
  scene.supervisor
    .why("ann" as Personality)
    .presences.flatMap(({ decisions }) => decisions)
    .map(({ action, detail }) => `${action} ${detail}`);

describe.each([
  ["a peer", { from: FROM }, FROM],
  ["the operator", {}, "operator"],
] as const)("asked by %s", (_, request, who) => {
  test.each(["stop", "refresh", "interrupt", "compact", "self-fresh", "self-done"] as const)(
    "%s has a line, and why remembers it",
    async (verb) => {
      const scene = await asked(verb, request);
      const lines = scene.log.filter(({ ev }) => ev === "asked").map(({ fields }) => fields);
      expect(lines).toMatchObject([
        { identity: `${AGENT}-ann`, verb, from: who, result: "done" },
      ]);
      expect(remembered(scene)).toContain(`${verb} from=${who}`);
    },
  );

  test.each([
    ["stop", "stop"],
    ["new", "new"],
    ["self-fresh", "new"],
  ] as const)("the end that %s brings about says so", async (verb, reason) => {
    const scene = await asked(verb, request);
    expect(scene.ends("ann")[0]).toMatchObject({ ev: "teardown", reason, askedBy: who });
    const [line] = scene.log.filter(({ log }) => log === "exits");
    expect(line?.fields).toMatchObject({ reason, asked_by: who });
  });

  test("and so does that of a removal", async () => {
    const scene = await asked("remove", request);
    const [line] = scene.log.filter(({ log }) => log === "exits");
    expect(line?.fields).toMatchObject({ reason: "remove", asked_by: who });
  });

  test("a wake says so in its own line, granted or refused, and has no other", async () => {
    const scene = await given();
    await scene.ask("ann", "wake", request);
    await scene.ask("ann", "stop");
    await scene.ask("ann", "wake", request);
    const wakes = scene.log.filter(({ ev }) => ev === "wake").map(({ fields }) => fields);
    expect(wakes).toMatchObject([
      { mode: "fresh", from: who },
      { mode: "refused", cause: "stopped", from: who },
    ]);
    expect(scene.log.filter(({ ev }) => ev === "asked")).toHaveLength(1);
  });
});

test("what was refused is told as well", async () => {
  const scene = await given();
  await scene.ask("ann", "interrupt", { from: FROM });
  const fields = { identity: `${AGENT}-ann`, verb: "interrupt", from: FROM };
  const line = scene.log.find(({ ev }) => ev === "asked");
  expect(line?.fields).toMatchObject({ ...fields, result: "failed", cause: "asleep" });
});

test("what nobody asked for names nobody", async () => {
  const scene = await Scene.of({ peers: { ann: { always_on: true } }, config: { idleMs: 1000 } });
  await scene.pass(2000);
  scene.kill(scene.server("ann").process);
  await scene.pass(15_000);
  const named = scene.log.filter(({ fields }) => "from" in fields && fields["from"] !== undefined);
  expect(scene.log.filter(({ ev }) => ev === "wake").length).toBeGreaterThan(1);
  expect(named).toEqual([]);
  expect(scene.ends("ann")[0]?.askedBy).toBeUndefined();
});

test("why says at whose word it sleeps", async () => {
  const scene = await asked("stop", { from: FROM });
  const [presence] = scene.supervisor.why("ann" as Personality).presences;
  expect(presence?.because).toStartWith(`${FROM} stopped it`);
  await scene.ask("ann", "start");
  await scene.ask("ann", "stop");
  const [again] = scene.supervisor.why("ann" as Personality).presences;
  expect(again?.because).toStartWith("The operator stopped it");
});

test("a stop of one that is crash-looped names what is not refused", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  for (let death = 0; death < 3; death += 1) {
    expect(await scene.ask("echo", "wake")).toMatchObject({ result: "woke" });
    scene.kill(scene.server("echo").process);
  }
  await scene.pass(3000);
  expect(await scene.ask("echo", "stop")).toMatchObject({
    detail: "stopped; nothing wakes it until: iapeer new echo",
  });
  expect(await scene.ask("echo", "start")).toMatchObject({ result: "refused" });
  expect(await scene.ask("echo", "new")).toMatchObject({ result: "woke" });
});

test("why says of an end at an interrupt who asked for it, and of no other", async () => {
  const scene = await Scene.of({ peers: { echo: { default_runtime: PLAIN } } });
  const because = () => scene.supervisor.why("echo" as Personality).presences[0]?.because;
  for (const [waitMs, said] of [
    [100, ", right after an interrupt asked for by claude-boss."],
    [30_000, "."],
  ] as const) {
    await scene.ask("echo", "wake");
    await scene.ask("echo", "interrupt", { from: FROM });
    await scene.pass(waitMs);
    scene.kill(scene.server("echo").pane.process);
    await scene.pass(3000);
    expect(because()).toContain(`Its own process ended (signal 9)${said}`);
  }
});

test("a stop of a peer with two presences answers for each", async () => {
  const command = { argv: ["plain"] };
  const peers = { two: { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command } };
  const scene = await Scene.of({ peers });
  await scene.ask("two", "wake");
  await scene.ask("two", "wake", { runtime: PLAIN });
  expect(await scene.ask("two", "stop")).toMatchObject({
    identity: `${AGENT}-two`,
    detail: "stopped; nothing wakes it until: iapeer start two",
    others: [
      {
        identity: `${PLAIN}-two`,
        detail: `stopped; nothing wakes it until: iapeer start two -r ${PLAIN}`,
      },
    ],
  });
});

test("a stop of a held one of which nobody can tell does not say that it ended", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  await scene.ask("ann", "wake");
  const server = scene.server("ann");
  scene.world.manager.managed.add("ann");
  scene.world.faults.unknown = 1;
  const asked = scene.begin("ann", "stop");
  await scene.pass(20_000);
  expect(asked.answer).toMatchObject({ result: "failed", cause: "liveness-unknown" });
  expect(server.process.state).toBe("running");
  scene.world.faults.unknown = 0;
  expect(await scene.ask("ann", "stop")).toMatchObject({ result: "done" });
  expect(server.process.state).not.toBe("running");
});
