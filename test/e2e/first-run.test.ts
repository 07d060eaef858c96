// A peer's first launch: what `create` makes known to the agent beforehand, what it asks all the
// same, and what it leaves behind.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { RuntimeName } from "../../src/core/names.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { Screen } from "../../src/ports/runtime.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";
import { peerIn } from "./peer.ts";
import {
  addHookForCodex,
  nearLimits,
  offerUpdateToCodex,
  onboardClaude,
  writeLongConversation,
} from "./rare-dialogs.ts";
import { createScratchHome, type ScratchHome } from "./scratch-home.ts";
import { type Agent, programs, type Stage, useStage } from "./stage.ts";
import { Terminal } from "./terminal.ts";
import { waitFor } from "./wait-for.ts";

const TIMEOUT_MS = 180_000;
const BYPASS = "--dangerously-skip-permissions";
/** What claude asks in a folder that it was told nothing about. */
const TRUSTED = ["folder-trust", "bypass-permissions"];
const missing = programs.state === "missing";

describe.skipIf(missing)("claude", () => {
  const stage = useStage("claude");

  const state = () => join(stage().home.dir, ".claude.json");
  const read = () => JSON.parse(readFileSync(state(), "utf8"));

  test(
    "is told at create that the folder is trusted",
    async () => {
      const before = read();
      const cwd = await stage().create("ada");
      const { projects, ...rest } = read();
      expect(rest).toEqual(before);
      expect(projects).toEqual({ [cwd]: { hasTrustDialogAccepted: true } });
    },
    TIMEOUT_MS,
  );

  test(
    "passes the dialogs of trust and of bypassed permissions, and gets the message after them",
    async () => {
      const cwd = await stage().create("bea");
      const { projects, ...distrustful } = read();
      expect(projects[cwd]).toBeDefined();
      writeFileSync(state(), JSON.stringify(distrustful));
      const said = await stage().say("bea", "After all questions.");
      expect(said.request.latest).toContain("After all questions.");
      expect(read().projects[cwd].hasTrustDialogAccepted).toBe(true);
      const settings = readFileSync(join(stage().home.dir, ".claude/settings.json"), "utf8");
      expect(JSON.parse(settings).skipDangerousModePermissionPrompt).toBe(true);
      expect(stage().fleet.log("panes/claude-bea.log")).toContain("Security");
    },
    TIMEOUT_MS,
  );

  test(
    "is known by its screen when it asks what only a person can answer",
    async () => {
      await using at = open("claude", { known: false });
      await at.terminal.untilDialog("folder-trust");
      at.terminal.keys(["Enter"]);
      await at.terminal.untilDialog("api-key");
      expect(at.terminal.screen()).toMatchObject({ shows: "dialog", name: "api-key", keys: null });
    },
    TIMEOUT_MS,
  );

  test(
    "is led through its onboarding, the question about the terminal included",
    async () => {
      await using at = open("claude", { prepare: onboardClaude });
      const asked = ["theme", "security-notes", "terminal-setup", ...TRUSTED];
      expect(await at.terminal.untilReady()).toEqual(asked);
    },
    TIMEOUT_MS,
  );

  test(
    "resumes a long conversation whole",
    async () => {
      await using at = open("claude", {
        prepare: writeLongConversation,
        args: [BYPASS, "--continue"],
      });
      expect(await at.terminal.untilReady()).toEqual([...TRUSTED, "resume-size"]);
      expect(at.terminal.text()).toContain("You said: Good morning.");
    },
    TIMEOUT_MS,
  );
});

describe.skipIf(missing)("codex", () => {
  const stage = useStage("codex");

  const home = () => join(stage().home.dir, "codex-home");

  test(
    "is told at create that the folder is trusted, and not one byte of its file is lost",
    async () => {
      const config = join(home(), "config.toml");
      const before = readFileSync(config, "utf8");
      const cwd = await stage().create("ada");
      const mark = "# Trusted by iapeer, until the peer is removed.";
      const table = `\n${mark}\n[projects."${cwd}"]\ntrust_level = "trusted"\n`;
      expect(readFileSync(config, "utf8")).toBe(before + table);
    },
    TIMEOUT_MS,
  );

  test(
    "starts no server of its own that would outlive the session",
    async () => {
      await stage().create("bea");
      await stage().say("bea", "Alone?");
      await stage().fleet.must(["stop", "bea"]);
      expect(existsSync(join(home(), "app-server-daemon"))).toBe(false);
    },
    TIMEOUT_MS,
  );

  test(
    "gets its first message after the offer of an update, which is skipped",
    async () => {
      offerUpdateToCodex(stage().home);
      await stage().create("cyd");
      const said = await stage().say("cyd", "No update, please.");
      expect(said.request.latest).toContain("No update, please.");
      expect(stage().fleet.log("panes/codex-cyd.log")).toContain("Update now (runs");
      const seen = JSON.parse(readFileSync(join(home(), "version.json"), "utf8"));
      expect(seen).toMatchObject({ latest_version: "99.0.0", dismissed_version: null });
    },
    TIMEOUT_MS,
  );

  test(
    "is not asked for another model near the limits of its account, and takes the next message",
    () => takesMessagesNearLimits(stage()),
    TIMEOUT_MS,
  );

  test(
    "is told to trust a folder with hooks, which are left to a person",
    async () => {
      await using at = open("codex", {
        prepare: (_, cwd) => addHookForCodex(join(cwd, ".codex")),
        args: ["--dangerously-bypass-approvals-and-sandbox", "--no-daemon"],
      });
      const asks = (screen: Screen) => screen.shows === "dialog" && screen.keys === null;
      const passed = await at.terminal.answerUntil("a question for a person", asks);
      expect(passed).toEqual(["folder-trust"]);
      expect(at.terminal.screen()).toMatchObject({ name: "hooks" });
    },
    TIMEOUT_MS,
  );
});

async function takesMessagesNearLimits(stage: Stage): Promise<void> {
  stage.model.answerWith(nearLimits());
  await stage.create("dee");
  await stage.say("dee", "How much is left?");
  const warned = () => stage.fleet.log("panes/codex-dee.log").includes("Heads");
  await waitFor("codex to tell of the limits", warned);
  const said = await stage.say("dee", "Enough for this?");
  expect(said.request.latest).toContain("Enough for this?");
  stage.model.answerWith({});
}

interface Opening {
  readonly known?: boolean;
  readonly args?: readonly string[];
  /** Makes the home and the folder ready, and returns variables for the agent. */
  readonly prepare?: (home: ScratchHome, cwd: string) => Readonly<Record<string, string>> | void;
}

/** The real program in a home and a terminal of its own; nothing is asked of a model. */
function open(
  agent: Agent,
  { known = true, args = [BYPASS], prepare }: Opening,
): AsyncDisposable & { readonly terminal: Terminal } {
  if (programs.state === "missing") throw new Error(programs.why);
  const home = createScratchHome({ modelPort: 1, known });
  const cwd = join(home.dir, "peer");
  mkdirSync(cwd);
  const env = { ...home.env(agent), ...prepare?.(home, cwd) };
  const deps = { files: createFiles(), clock: createClock(), home: home.dir, env: {} };
  const runtime = createRuntimes(deps).get(agent as RuntimeName);
  if (runtime === undefined) throw new Error(`no ${agent}`);
  const argv = [programs[agent], ...args];
  const terminal = new Terminal(runtime, peerIn(cwd, agent), {
    argv,
    env,
    ready: { by: "screen" },
  });
  const close = async (): Promise<void> => {
    await terminal.stop();
    home.remove();
  };
  return { terminal, [Symbol.asyncDispose]: close };
}
