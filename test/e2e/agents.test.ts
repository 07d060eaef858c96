// The real agents in a real fleet, against a scripted model on loopback: what lifecycle §3 to §7
// promise, seen from the command line and from the model's side.

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { AGENTS, programs, type Said, type Stage, useStage } from "./stage.ts";
import { waitFor } from "./wait-for.ts";

const TIMEOUT_MS = 180_000;
const processes = createProcesses();

describe.skipIf(programs.state === "missing").each(AGENTS)("%s", (agent) => {
  const stage = useStage(agent);

  const story = (title: string, tell: (stage: Stage) => Promise<void>): void =>
    test(title, () => tell(stage()), TIMEOUT_MS);

  story("takes its first message as a turn, with its doctrine, and answers", firstMessage);
  story("takes a message while it lives, as a further turn of the same life", secondMessage);
  story("killed by SIGKILL, is a death by that signal, and wakes fresh", killedAgent);
  story("whose tmux server is killed, leaves a record and no process", killedServer);
  story("interrupted, gives up its turn and takes the next", interrupted);
  story("asked to compact, has its conversation summed up", compacted);

  test("leaves no secret of its launch.env in logs or state", () => {
    const { fleet, home } = stage();
    const texts = ["logs", "state", "peers-profiles.json"].flatMap((name) =>
      textsUnder(join(fleet.root, name)),
    );
    expect(texts.length).toBeGreaterThan(20);
    for (const secret of home.secrets) {
      const leaks = texts.filter(({ text }) => text.includes(secret));
      expect(leaks.map(({ path }) => path)).toEqual([]);
    }
  });
});

async function firstMessage(stage: Stage): Promise<void> {
  const { agent, fleet, model } = stage;
  await stage.create("ada", "Doctrine: `$(touch x)` is data.\nAlways answer in 'verse'.");
  model.script(() => ({ text: "Quatrains!" }));
  const said = await stage.say("ada", "First line.\nSecond $(line) `of` 'it'.");
  expect(said).toMatchObject({ mode: "fresh", cause: "first-wake" });
  expect(said.request.latest).toContain("First line.\nSecond $(line) `of` 'it'.");
  expect(said.request.system).toContain("You are ada");
  expect(said.request.system).toContain("`$(touch x)` is data.\nAlways answer in 'verse'.");
  await waitFor("the answer on its terminal", () =>
    fleet.log(`panes/${agent}-ada.log`).includes("Quatrains!"),
  );
  expect(model.strangers).toEqual([]);
}

async function secondMessage(stage: Stage): Promise<void> {
  await stage.create("bea");
  const first = await stage.say("bea", "Count: one.");
  const second = await stage.say("bea", "Count: two.");
  expect(second.generation).toBe(first.generation);
  expect(told(second)).toContain("Count: one.");
}

async function killedAgent(stage: Stage): Promise<void> {
  const { fleet } = stage;
  await stage.create("cleo");
  const life = await stage.say("cleo", "Live long.");
  const family = await familyOf(stage, "cleo");
  process.kill((await fleet.presence("cleo")).pane_pid ?? 0, "SIGKILL");
  const end = await waitFor("its end record", async () => (await fleet.ends("cleo")).at(-1));
  expect(end).toMatchObject({
    ev: "session-exit",
    generation: life.generation,
    dead_signal: 9,
    verdict: { signal: 9, ours: false },
  });
  await allGone(family);
  const again = await stage.say("cleo", "Live again.");
  expect(again).toMatchObject({ mode: "fresh", cause: "crash-or-self-close" });
  expect(told(again)).not.toContain("Live long.");
}

async function killedServer(stage: Stage): Promise<void> {
  const { fleet } = stage;
  await stage.create("dido");
  const life = await stage.say("dido", "Stay.");
  const family = await familyOf(stage, "dido");
  process.kill((await fleet.presence("dido")).server_pid ?? 0, "SIGKILL");
  const end = await waitFor("its end record", async () => (await fleet.ends("dido")).at(-1));
  expect(end).toMatchObject({
    ev: "server-exit",
    generation: life.generation,
    cause: "server-vanished",
    verdict: { ours: false },
  });
  await waitFor("sleep", async () => (await fleet.presence("dido")).state === "asleep");
  await allGone(family);
}

async function interrupted(stage: Stage): Promise<void> {
  const { fleet, model } = stage;
  await stage.create("eve");
  const never = Promise.withResolvers<{ text: string }>();
  model.script(({ latest }) => (latest.includes("Ponder") ? never.promise : { text: "Yes." }));
  await stage.say("eve", "Ponder for ever.");
  await fleet.must(["interrupt", "eve"]);
  const next = await stage.say("eve", "Are you free?");
  expect(next.request.latest).toContain("Are you free?");
  // claude puts the message that was given up back into its prompt.
  expect(next.request.latest).not.toContain("Ponder");
  never.resolve({ text: "Too late." });
}

async function compacted(stage: Stage): Promise<void> {
  const { agent, fleet, model } = stage;
  await stage.create("fay");
  await stage.say("fay", "Remember the word heliotrope.");
  // Of a single turn claude says that there is not enough to sum up.
  await stage.say("fay", "And the word obelisk.");
  const before = model.requests.length;
  const answer = await fleet.must(["compact", "fay"]);
  expect(answer.stdout).toBe(`${agent}-fay: asked to compact\n`);
  const summing = await waitFor("the model to be asked for a summary", () =>
    model.requests
      .slice(before)
      .find(({ conversation }) => conversation.some(({ text }) => /summar/i.test(text))),
  );
  expect(summing.conversation.map(({ text }) => text).join("\n")).toContain("heliotrope");
}

const told = (said: Said): string =>
  said.request.conversation.map((message) => message.text).join("\n");

function textsUnder(path: string): readonly { readonly path: string; readonly text: string }[] {
  const stat = statSync(path);
  if (stat.isDirectory()) return readdirSync(path).flatMap((name) => textsUnder(join(path, name)));
  return stat.isFile() ? [{ path, text: readFileSync(path, "latin1") }] : [];
}

/** The processes of a session now, its tmux server first. */
async function familyOf({ fleet }: Stage, name: string): Promise<readonly ProcessRef[]> {
  const { server_pid: pid } = await fleet.presence(name);
  const server = processes.identify(pid ?? 0);
  if (server === null || server === "unknown") throw new Error(`no server of ${name}`);
  const below = processes.descendants(server);
  expect(below.length).toBeGreaterThan(0);
  return [server, ...below];
}

async function allGone(family: readonly ProcessRef[]): Promise<void> {
  await waitFor("its processes to be gone", () =>
    family.every((process) => processes.liveness(process) === "dead"),
  );
}
