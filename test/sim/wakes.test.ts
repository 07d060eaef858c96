// Wakes in the moments in which little is known (lifecycle §2, §3): a pane that cannot be seen, a
// life that has just ended, a refusal of somebody that is stopped.

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { AGENT } from "../fakes/runtime.ts";
import { hanging } from "./hanging.ts";
import { Scene } from "./scene.ts";

const MESSAGE = { message: "hello" };

test("a session whose pane cannot be seen is not ended by a wake", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const { process, pane } = scene.server("echo");
  const { processes } = scene.manned.host;
  const told = processes.liveness.bind(processes);
  processes.liveness = (ref) => (ref.pid === pane.process.ref.pid ? "unknown" : told(ref));
  processes.bothAlive = () => false;
  const answer = await scene.ask("echo", "wake", MESSAGE);
  expect(answer).toMatchObject({ result: "refused", cause: "liveness-unknown" });
  expect(process.state).toBe("running");
  expect(scene.ends("echo")).toEqual([null]);
});

describe("a wake right after an end", () => {
  test("of the pane's process: the record is the hook's, and the death is counted", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    scene.kill(scene.server("echo").pane.process);
    const answer = await scene.ask("echo", "wake", MESSAGE);
    expect(answer).toMatchObject({ result: "woke" });
    expect(scene.ends("echo")).toMatchObject([{ ev: "session-exit", deadSignal: 9 }, null]);
    expect(scene.doc("echo").deaths).toHaveLength(1);
  });

  test("of the server: the death is counted", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    scene.kill(scene.server("echo").process);
    const answer = await scene.ask("echo", "wake", MESSAGE);
    expect(answer).toMatchObject({ result: "woke" });
    expect(scene.ends("echo")).toMatchObject([{ ev: "server-exit" }, null]);
    expect(scene.doc("echo").deaths).toHaveLength(1);
  });

  test("of the pane's process: a stop is not called what ended it", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    scene.kill(scene.server("echo").pane.process);
    expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
    expect(scene.ends("echo")).toMatchObject([{ ev: "session-exit", deadSignal: 9 }]);
  });

  test("three times: the guard holds, however fast the messages come", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    for (let death = 0; death < 2; death += 1) {
      scene.kill(scene.server("echo").process);
      expect(await scene.ask("echo", "wake", MESSAGE)).toMatchObject({ result: "woke" });
    }
    scene.kill(scene.server("echo").process);
    const answer = await scene.ask("echo", "wake", MESSAGE);
    const refused = { result: "refused", cause: "crash-loop" };
    expect(answer).toMatchObject(refused);
    expect(await scene.ask("echo", "start")).toMatchObject(refused);
    await scene.ask("echo", "stop");
    expect(await scene.ask("echo", "wake")).toMatchObject({ next: "iapeer new echo" });
    expect(await scene.ask("echo", "start")).toMatchObject(refused);
    expect(scene.doc("echo").stopped).toBe(true);
    expect(await scene.ask("echo", "new")).toMatchObject({ result: "woke", cause: "new" });
  });
});

test("a server that can no longer be seen is not called stopped", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, watch: "broken" });
  await scene.ask("echo", "wake");
  const { process } = scene.server("echo");
  const { processes } = scene.manned.host;
  const told = processes.liveness.bind(processes);
  let looks = 0;
  // The looks at the records, after the flag was set, still see it.
  const fails = () => scene.doc("echo").stopped && (looks += 1) > 2;
  processes.liveness = (ref) =>
    ref.pid === process.ref.pid && fails() ? "unknown" : told(ref);
  processes.bothAlive = () => false;
  const answer = await scene.ask("echo", "stop");
  expect(answer).toMatchObject({ result: "failed", cause: "liveness-unknown" });
  expect(scene.ends("echo")).toEqual([null]);
});

test("what would not end at a stop is ended later", async () => {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.ask("echo", "wake");
  const { process } = scene.server("echo");
  const { processes } = scene.manned.host;
  const send = processes.signal.bind(processes);
  processes.signal = () => "failed";
  const asked = scene.begin("echo", "stop");
  await scene.pass(30_000);
  expect(asked.answer).toMatchObject({ result: "failed", cause: "survived" });
  expect(processes.liveness(process.ref)).toBe("alive");
  processes.signal = send;
  await scene.pass(2 * scene.world.config.tickMs);
  expect(processes.liveness(process.ref)).toBe("dead");
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
});

describe("a refused verb leaves the stop flag where it is", () => {
  test("attach, with nothing to resume", async () => {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT, always_on: true } } });
    await scene.ask("ann", "stop");
    scene.world.conversations.clear();
    const answer = await scene.ask("ann", "attach");
    expect(answer).toMatchObject({ result: "refused", cause: "attach-nothing-to-resume" });
    expect(scene.doc("ann").stopped).toBe(true);
    await scene.pass(120_000);
    expect(scene.world.tmux.servers()).toEqual([]);
  });

  test("start --resume, with nothing to resume", async () => {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT, always_on: true } } });
    await scene.ask("ann", "stop");
    scene.world.conversations.clear();
    const answer = await scene.ask("ann", "start", { mode: "resume" });
    expect(answer).toMatchObject({ result: "refused", cause: "resume-nothing-to-resume" });
    expect(scene.doc("ann").stopped).toBe(true);
  });

  test("what is granted ends the halt, in the write that begins the life", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "stop");
    expect(await scene.ask("echo", "start")).toMatchObject({ result: "woke" });
    expect(scene.doc("echo").stopped).toBe(false);
  });
});

test.each([
  ["and its peer answers", true],
  ["and nobody has to ask", false],
])("a start record cut short by a full disk is completed, %s", async (_, isAsked) => {
  const scene = await Scene.of({ peers: { echo: {} } });
  scene.world.faults.launchDelayMs = 50;
  scene.begin("echo", "wake");
  await scene.pass(30);
  scene.world.files.full = true;
  await scene.pass(1000);
  expect(scene.events("start-incomplete")).toHaveLength(1);
  const alive = { result: "already-alive" };
  if (isAsked) expect(await scene.ask("echo", "wake")).toMatchObject(alive);
  scene.world.files.full = false;
  await scene.pass(scene.world.config.tickMs);
  const { dir, process } = scene.server("echo");
  const read = scene.world.files.read(`${dir}/start.json`);
  expect(read.state === "ok" && read.text).toContain(`"server":{"pid":${process.ref.pid},`);
});

test("a dialog that comes up over the prompt is not answered by a message", async () => {
  const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT, always_on: true } } });
  await scene.ask("ann", "wake");
  const { tmux } = scene.manned.host;
  const pressed: string[] = [];
  const paste = tmux.paste.bind(tmux);
  tmux.paste = (spec) => {
    tmux.capture = () => Promise.resolve({ state: "answered", text: "dialog" });
    return paste(spec);
  };
  tmux.keys = (_socket, _identity, keys) => {
    pressed.push(...keys);
    return Promise.resolve({ state: "answered", text: "" });
  };
  const answer = await scene.ask("ann", "wake", MESSAGE);
  expect(pressed).toEqual([]);
  expect(answer).toMatchObject({ delivered: "unconfirmed" });
});

describe("a wake while another one waits for a screen that does not get ready", () => {
  const detail = "its screen was not ready after 6 s (wait)";
  const NOT_READY = { result: "failed", cause: "not-ready", detail };

  const shown = (scene: Scene) => {
    const [why] = scene.supervisor.why("ann" as Personality).presences;
    const row = scene.supervisor.snapshot().peers[0]?.runtimes[0];
    expect(why?.not_ready).toBe(row?.not_ready);
    return [row?.not_ready, why?.because];
  };

  test("is told the same, and so is whoever asks why", async () => {
    const { scene } = await hanging();
    const first = scene.begin("ann", "wake");
    await scene.pass(2000);
    expect(shown(scene)[0]).toBeUndefined();
    const second = scene.begin("ann", "wake");
    const third = scene.begin("ann", "wake", MESSAGE);
    await scene.pass(10_000);
    for (const { answer } of [first, second]) expect(answer).toMatchObject(NOT_READY);
    const unsaid = `${detail}; the message was not delivered`;
    expect(third.answer).toMatchObject({ ...NOT_READY, detail: unsaid, next: "iapeer attach ann" });
    const [row, because] = shown(scene);
    expect(row).toBe(detail);
    expect(because).toEndWith(` It was not seen to be ready: ${detail}.`);
    // Whoever asks later knows what there was to know.
    expect(await scene.ask("ann", "wake")).toMatchObject({ result: "already-alive" });
    await scene.ask("ann", "stop");
    expect(shown(scene)[0]).toBeUndefined();
  });

  test("is told of its end, and not that it is alive", async () => {
    const { scene } = await hanging();
    const first = scene.begin("ann", "wake");
    await scene.pass(2000);
    const second = scene.begin("ann", "wake");
    const third = scene.begin("ann", "wake", MESSAGE);
    await scene.pass(500);
    scene.kill(scene.server("ann").pane.process);
    await scene.pass(3000);
    const ENDED = { result: "failed", cause: "ended-at-launch" };
    expect(first.answer).toMatchObject(ENDED);
    expect(second.answer).toMatchObject(ENDED);
    expect(third.answer).toMatchObject(ENDED);
  });

  test("takes it for alive when its screen has got ready since", async () => {
    const { scene, screen } = await hanging();
    const first = scene.begin("ann", "wake");
    await scene.pass(2000);
    const second = scene.begin("ann", "wake", MESSAGE);
    const { onLog } = scene.world;
    scene.world.onLog = (log, event) => {
      if (event.ev === "ready") screen.isThere = true;
      onLog?.(log, event);
    };
    await scene.pass(12_000);
    expect(first.answer).toMatchObject(NOT_READY);
    expect([second.answer?.result, shown(scene)[0]]).toEqual(["already-alive", undefined]);
  });
});
