// Idle parking of the real agents (lifecycle §3, §4): the conversation is still there after a
// resume, is not there when fresh is asked for, and a working agent is left alone.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseHeartbeat } from "../../src/formats/heartbeat.ts";
import type { ModelReply, ModelRequest } from "./model-server.ts";
import { AGENTS, programs, type Stage, useStage } from "./stage.ts";
import { waitFor } from "./wait-for.ts";

const TIMEOUT_MS = 180_000;
const IDLE_SECS = 3;

describe.skipIf(programs.state === "missing").each(AGENTS)("%s", (agent) => {
  const stage = useStage(agent, { IAPEER_IDLE_SECS: String(IDLE_SECS), IAPEER_TICK_SECS: "1" });

  test(
    "is parked when idle, resumes its conversation, and starts afresh when asked",
    async () => {
      const { model } = stage();
      model.script(() => ({ text: "The word is walnut, noted." }));
      await stage().create("ada", "", longFolder(stage()));
      const first = await stage().say("ada", "Remember a word.", ["--topic", "words"]);
      expect(await parked(stage(), "ada")).toBe(first.generation);

      const resumed = await stage().say("ada", "Which word?", ["--topic", "words"]);
      expect(resumed).toMatchObject({ mode: "resume", cause: "parked-same-topic" });
      expect(told(resumed.request)).toContain("Remember a word.");
      expect(told(resumed.request)).toContain("The word is walnut, noted.");
      expect(await parked(stage(), "ada")).toBe(resumed.generation);

      const asked = await stage().say("ada", "Start over.", ["--topic", "words", "--fresh"]);
      expect(asked.mode).toBe("fresh");
      expect(told(asked.request)).not.toContain("walnut");
    },
    TIMEOUT_MS,
  );

  test(
    "is not parked while the model keeps it waiting",
    async () => {
      const { fleet, model } = stage();
      const answer = Promise.withResolvers<ModelReply>();
      model.script(() => answer.promise);
      await stage().create("bea");
      const said = await stage().say("bea", "Take your time.");
      const from = await waitFor("a tick", () => lastTick(fleet.root));
      await waitFor(
        "ticks for twice the idle time",
        () => (lastTick(fleet.root) ?? 0) - from > 2 * IDLE_SECS * 1000,
      );
      expect((await fleet.presence("bea")).state).toBe("alive");
      expect(await fleet.ends("bea")).toEqual([]);
      answer.resolve({ text: "There." });
      expect(await parked(stage(), "bea")).toBe(said.generation);
    },
    TIMEOUT_MS,
  );
});

/** claude shortens the name under which it keeps the conversations of such a one. */
const longFolder = ({ home }: Stage): string =>
  join(home.dir, ...Array.from({ length: 9 }, () => "a-folder-of-a-very-long-name"), "ada");

const told = (request: ModelRequest): string =>
  request.conversation.map((message) => message.text).join("\n");

/** Waits until it sleeps, and returns the life that ended in a clean park. */
async function parked({ fleet }: Stage, name: string): Promise<string> {
  await waitFor(
    `${name} to be parked`,
    async () => (await fleet.presence(name)).state === "asleep",
    () => fleet.story(),
  );
  const end = (await fleet.ends(name)).at(-1);
  expect(end).toMatchObject({ ev: "teardown", reason: "idle", verdict: { ours: true } });
  return end?.generation ?? "";
}

/** When the supervisor last finished a pass, wall clock; null before the first. */
function lastTick(root: string): number | null {
  const path = join(root, "state/iapeer/heartbeat.json");
  return existsSync(path) ? (parseHeartbeat(readFileSync(path, "utf8"))?.wall ?? null) : null;
}
