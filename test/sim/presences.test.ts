// What is said about a presence that is not its peer's default one: a command without --runtime
// would be about the other one.

import { expect, test } from "bun:test";
import { VERBS } from "../../src/cli/tree.ts";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import { commandFor, PRESENCE_VERBS } from "../../src/rules/presence-command.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };
const scene = () => Scene.of({ peers: { two } });
const presence = { runtime: PLAIN };

const nextOf = (given: Scene, runtime: RuntimeName) =>
  given.supervisor
    .why("two" as Personality)
    .presences.find(({ identity }) => identity === `${runtime}-two`)?.next;

test("each verb that a next step names takes --runtime", () => {
  for (const name of PRESENCE_VERBS) {
    const options = VERBS.find((verb) => verb.name === name)?.options;
    expect(options).toContainEqual(expect.objectContaining({ name: "runtime", short: "r" }));
  }
});

test("the default presence is named by its peer alone, as is one whose default is unknown", () => {
  const names = { personality: "two" as Personality, runtime: PLAIN };
  expect(commandFor("new", { ...names, defaultRuntime: PLAIN })).toBe("iapeer new two");
  expect(commandFor("new", names)).toBe("iapeer new two");
  expect(commandFor("new", { ...names, defaultRuntime: AGENT })).toBe("iapeer new two -r command");
});

test("what is said of a stopped one starts that one, and does", async () => {
  const given = await scene();
  await given.ask("two", "wake", presence);
  const next = "iapeer start two -r command";
  const detail = `stopped; nothing wakes it until: ${next}`;
  expect(await given.ask("two", "stop", presence)).toMatchObject({ detail });
  expect(await given.ask("two", "wake", presence)).toMatchObject({ cause: "stopped", next });
  expect(await given.ask("two", "interrupt", presence)).toMatchObject({ cause: "stopped", next });
  expect(nextOf(given, PLAIN)).toBe(`${next} starts it again.`);
  expect(await given.ask("two", "start", presence)).toMatchObject({
    result: "woke",
    identity: "command-two",
  });
});

test("the default one, stopped while another lives, is started by its peer alone", async () => {
  const given = await scene();
  await given.ask("two", "wake", presence);
  const other = { result: "already-alive", identity: "command-two" };
  expect(await given.ask("two", "start")).toMatchObject(other);
  const detail = "stopped; nothing wakes it until: iapeer start two";
  expect(await given.ask("two", "stop", { runtime: AGENT })).toMatchObject({ detail });
  const started = { result: "woke", identity: "claude-two" };
  expect(await given.ask("two", "start")).toMatchObject(started);
});

test("of the default one, refused while another lives: new would end the other", async () => {
  const given = await scene();
  for (let deaths = 0; deaths < 3; deaths += 1) {
    await given.ask("two", "wake", { runtime: AGENT });
    given.kill(given.server("two").process);
    await given.pass(2000);
  }
  const refused = async () => (await given.ask("two", "wake", { runtime: AGENT })) as object;
  const next = "wait until it has cooled (iapeer why two), or start over: iapeer new two";
  expect(await refused()).toMatchObject({ cause: "crash-loop", next });
  await given.ask("two", "wake", presence);
  expect(await refused()).toMatchObject({ cause: "crash-loop", next: `${next} -r claude` });
  const anew = "iapeer new two -r claude";
  const its = { runtime: AGENT };
  expect(await given.ask("two", "interrupt", its)).toMatchObject({ next: anew });
  const detail = `stopped; nothing wakes it until: ${anew}`;
  expect(await given.ask("two", "stop", its)).toMatchObject({ detail });
});

test("what is said of a sleeping one wakes that one", async () => {
  const given = await scene();
  const next = "iapeer wake two -r command";
  expect(nextOf(given, PLAIN)).toBe(`${next} wakes it.`);
  expect(nextOf(given, AGENT)).toBe("A message wakes it, as does iapeer wake two.");
  expect(await given.ask("two", "interrupt", presence)).toMatchObject({ cause: "asleep", next });
  expect(await given.ask("two", "attach", presence)).toMatchObject({
    next: "iapeer new two -r command starts one, then attach",
  });
});

test("a message goes to the one that is up, and not to one whose program has ended", async () => {
  const given = await scene();
  await given.ask("two", "wake", presence);
  const toOther = "command-two is alive: a message goes to that one";
  expect(nextOf(given, AGENT)).toStartWith(toOther);
  // Its server outlives it for a moment, in which nobody has its end on record.
  given.world.tmux.onPaneDied = null;
  given.kill(given.server("two").pane.process);
  await given.pass(2);
  expect(given.server("two").process.state).toBe("running");
  expect(nextOf(given, AGENT)).toBe("A message wakes it, as does iapeer wake two.");
});
