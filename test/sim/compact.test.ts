// `compact` is typed where messages are, and as carefully: an Enter would answer whatever else is
// on the screen.

import { expect, test } from "bun:test";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

/** What is on the screen once it is alive, and what is typed into it. */
async function showing(text: string) {
  const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
  await scene.ask("ann", "wake");
  const { tmux } = scene.manned.host;
  const typed: string[] = [];
  const answered = (said: string) => Promise.resolve({ state: "answered", text: said } as const);
  tmux.capture = () => answered(text);
  tmux.paste = (spec) => {
    typed.push(spec.text);
    return answered("");
  };
  tmux.keys = (_socket, _identity, keys) => {
    typed.push(...keys);
    return answered("");
  };
  return { scene, typed };
}

test.each([
  ["dialog", 'its screen shows "trust"'],
  ["busy", "it is at work"],
  ["booting", "its screen shows no free composer"],
])("nothing is typed into a screen of %s", async (text, why) => {
  const { scene, typed } = await showing(text);
  const asked = scene.begin("ann", "compact");
  await scene.pass(30_000);
  expect(asked.answer).toMatchObject({
    result: "failed",
    cause: "not-ready",
    detail: `nothing was typed: ${why}`,
    next: "iapeer attach ann shows what it waits for",
  });
  expect(typed).toEqual([]);
});

test("into a free prompt it is typed, with an Enter, and what is not seen is said", async () => {
  const { scene, typed } = await showing("ready");
  const asked = scene.begin("ann", "compact");
  await scene.pass(60_000);
  expect(typed.slice(0, 2)).toEqual(["/compact", "Enter"]);
  expect(asked.answer).toMatchObject({
    result: "done",
    detail: "asked to compact: typed, but nothing was seen to move",
  });
});

test("a runtime that cannot says so of a living session, which can be attached to", async () => {
  const scene = await Scene.of({ peers: { ann: { default_runtime: PLAIN } } });
  const asleep = { result: "failed", cause: "asleep", next: "iapeer wake ann" };
  expect(await scene.ask("ann", "compact")).toMatchObject(asleep);
  await scene.ask("ann", "wake");
  const next = "iapeer attach ann, and do it there";
  expect(await scene.ask("ann", "compact")).toMatchObject({ cause: "unsupported", next });
});
