// Writes the golden screens in test/runtimes/screens from the real programs: run it by hand when
// a new version of one of them is taken up, and look at what changed.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Identity, RuntimeName } from "../../src/core/names.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { LaunchPlan, Runtime, Screen } from "../../src/ports/runtime.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";
import { drafts } from "./draft-scene.ts";
import { installPrograms } from "./install.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";
import { limits, longPaste, planning } from "./passing-scene.ts";
import { peerIn } from "./peer.ts";
import {
  addHookForCodex,
  offerUpdateToCodex,
  onboardClaude,
  writeLongConversation,
} from "./rare-dialogs.ts";
import { createScratchHome, type ScratchHome } from "./scratch-home.ts";
import { Terminal } from "./terminal.ts";
import { waitFor } from "./wait-for.ts";

const TARGET = join(import.meta.dir, "../runtimes/screens");
const BYPASS = /^--dangerously-/;
const found = installPrograms();
if (found.state === "missing") throw new Error(found.why);
const programs = found;

type Agent = "claude" | "codex";

export interface Scene {
  readonly agent: Agent;
  readonly model: ModelServer;
  readonly home: ScratchHome;
  readonly cwd: string;
  readonly runtime: Runtime;
  readonly open: (options?: { guarded?: boolean; env?: Record<string, string> }) => Terminal;
  readonly keep: (name: string, screen: string) => void;
}

async function scene(agent: Agent, known: boolean, act: (scene: Scene) => Promise<void>) {
  const model = startModelServer();
  const home = createScratchHome({ modelPort: model.port, known });
  const cwd = join(home.dir, "peer");
  mkdirSync(cwd);
  const runtime = runtimeOf(agent, home);
  const open: Scene["open"] = ({ guarded = false, env = {} } = {}) =>
    new Terminal(runtime, peerIn(cwd, agent), planFor({ agent, home, runtime, guarded, env }));
  const keep: Scene["keep"] = (name, screen) => save(agent, name, clean(screen, home.dir));
  try {
    await act({ agent, model, home, cwd, runtime, open, keep });
  } finally {
    await model.stop();
    home.remove();
  }
}

function runtimeOf(agent: Agent, home: ScratchHome): Runtime {
  const deps = { files: createFiles(), clock: createClock(), home: home.dir, env: {} };
  const runtime = createRuntimes(deps).get(agent as RuntimeName);
  if (runtime === undefined) throw new Error(agent);
  return runtime;
}

function planFor(of: {
  agent: Agent;
  home: ScratchHome;
  runtime: Runtime;
  guarded: boolean;
  env: Record<string, string>;
}): LaunchPlan {
  const launchEnv = { ...of.home.env(of.agent), IAPEER_PROGRAM: programs[of.agent], ...of.env };
  const peer = peerIn(join(of.home.dir, "peer"), of.agent);
  const resumable = of.runtime.findResumable(peer, launchEnv);
  const plan = of.runtime.launch({
    identity: `${of.agent}-ada` as Identity,
    peer,
    mode: resumable === null ? "fresh" : "resume",
    ...(resumable === null ? {} : { resumable }),
    launchEnv,
    home: of.home.dir,
  });
  if ("refused" in plan) throw new Error(plan.refused);
  return of.guarded ? { ...plan, argv: plan.argv.filter((word) => !BYPASS.test(word)) } : plan;
}

/** Nothing of this machine stays in a fixture. */
function clean(screen: string, dir: string): string {
  return `${screen.replaceAll(dir, "/home/ada").trimEnd()}\n`;
}

function save(agent: Agent, name: string, screen: string): void {
  const path = join(TARGET, agent, `${name}.txt`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, screen);
  console.log(`${agent}/${name}`);
}

async function firstRunOfClaude({ open, keep }: Scene): Promise<void> {
  const terminal = open();
  for (const name of ["folder-trust", "api-key", "bypass-permissions"]) {
    keep(`dialog-${name}`, await terminal.untilDialog(name));
    if (name === "api-key") terminal.keys(["Up"]);
    if (name === "bypass-permissions") break;
    terminal.keys(["Enter"]);
  }
  await terminal.untilReady();
  await terminal.stop();
}

async function turns(at: Scene): Promise<void> {
  const { agent, model, home, cwd, runtime, open, keep } = at;
  const gate = Promise.withResolvers<void>();
  let terminal = open();
  if (agent === "codex") {
    const named = (_: Screen, text: string) => /OpenAI Codex.*\n\s+~\/peer/.test(text);
    keep("wait-starting", await terminal.until("its name", named));
  }
  await terminal.untilReady();
  keep("ready", terminal.text());
  terminal.paste("Good morning.\nHow are you?");
  keep("ready-draft", await terminal.until("draft", (_, text) => text.includes("How are you?")));
  model.script(async (request) => {
    await gate.promise;
    return { text: `1. Fine\n2. You said: ${request.latest}` };
  });
  await terminal.say(" And how are the others?", () => model.turns().length > 0);
  keep("busy", await terminal.until("busy", (screen) => screen.shows === "busy"));
  gate.resolve();
  const done = await terminal.until(
    "answer",
    (screen, text) => screen.shows === "ready" && text.includes("You said"),
  );
  keep("ready-answered", done);
  const env = home.env(agent);
  await waitFor("a transcript", () => runtime.findResumable(peerIn(cwd, agent), env));
  await terminal.stop();
  terminal = open();
  const again = (text: string) => text.includes("You said");
  keep("ready-resumed", await terminal.until("resumed", (_, text) => again(text)));
  if (agent === "claude") {
    terminal.keys(["/", "t", "h", "e", "m", "e"]);
    await terminal.until("/theme", (_, text) => text.includes("/theme"));
    keep("ready-command", terminal.text());
    terminal.keys(["Enter"]);
    keep("dialog-theme", await terminal.until("theme", (screen) => screen.shows === "dialog"));
  }
  await terminal.stop();
}

async function asked({ agent, model, open, keep }: Scene): Promise<void> {
  const args = agent === "codex" ? { IAPEER_ARGS: "-s read-only -a on-request" } : {};
  const terminal = open({ guarded: true, env: args });
  if (agent === "claude") {
    const trust = await terminal.untilDialog("folder-trust");
    terminal.keys(["Enter"]);
    await terminal.until("prompt", (_, text) => text !== trust && text.includes("? for shortcuts"));
  } else {
    await terminal.untilReady();
  }
  keep(agent === "claude" ? "wait-guarded" : "ready-guarded", terminal.text());
  let asks = 0;
  const shell =
    agent === "claude"
      ? { tool: "Bash", input: { command: "touch x", description: "Make a file" } }
      : {
          tool: "exec_command",
          input: {
            cmd: "touch made",
            sandbox_permissions: "require_escalated",
            justification: "May I?",
          },
        };
  model.script(() => (++asks === 1 ? shell : { text: "Done." }));
  await terminal.say("please do", () => model.turns().length > 0);
  keep("dialog-question", await terminal.until("question", (screen) => screen.shows === "dialog"));
  await terminal.stop();
}

async function nobodyLoggedIn({ agent, open, keep }: Scene): Promise<void> {
  const terminal = open(agent === "codex" ? { env: { CODEX_HOME: "" } } : {});
  keep("dialog-login", await terminal.until("login", (screen) => screen.shows === "dialog"));
  await terminal.stop();
}

async function onboardingOfClaude({ home, open, keep }: Scene): Promise<void> {
  const terminal = open({ env: onboardClaude(home) });
  await terminal.untilDialog("theme");
  terminal.keys(["Enter"]);
  for (const name of ["security-notes", "terminal-setup"]) {
    keep(`dialog-${name}`, await terminal.untilDialog(name));
    terminal.keys(["Enter"]);
  }
  await terminal.stop();
}

async function longConversation({ home, cwd, open, keep }: Scene): Promise<void> {
  const terminal = open({ env: writeLongConversation(home, cwd) });
  const asks = (screen: Screen) => screen.shows === "dialog" && screen.name === "resume-size";
  await terminal.answerUntil("a question about its size", asks);
  keep("dialog-resume-size", terminal.text());
  await terminal.stop();
}

async function firstRunOfCodex({ home, cwd, open, keep }: Scene): Promise<void> {
  offerUpdateToCodex(home);
  addHookForCodex(join(home.dir, "codex-home"));
  addHookForCodex(join(cwd, ".codex"));
  const terminal = open();
  keep("dialog-update", await terminal.untilDialog("update"));
  terminal.keys(["Down"]);
  await terminal.until("Skip", (_, text) => text.includes("› 2. Skip"));
  terminal.keys(["Enter"]);
  keep("dialog-folder-trust", await terminal.untilDialog("folder-trust"));
  terminal.keys(["Enter"]);
  keep("dialog-hooks", await terminal.untilDialog("hooks"));
  await terminal.stop();
}

const only = process.argv[2];
const scenes: Record<string, () => Promise<void>> = {
  "claude-first": () => scene("claude", false, firstRunOfClaude),
  "claude-onboarding": () => scene("claude", true, onboardingOfClaude),
  "claude-long": () => scene("claude", true, longConversation),
  "claude-paste": () => scene("claude", true, longPaste),
  "claude-planning": () => scene("claude", true, planning),
  "claude-turns": () => scene("claude", true, turns),
  "claude-drafts": () => scene("claude", true, drafts),
  "claude-asked": () => scene("claude", true, asked),
  "codex-first": () => scene("codex", true, firstRunOfCodex),
  "codex-turns": () => scene("codex", true, turns),
  "codex-drafts": () => scene("codex", true, drafts),
  "codex-asked": () => scene("codex", true, asked),
  "codex-limits": () => scene("codex", true, limits),
  "codex-login": () => scene("codex", false, nobodyLoggedIn),
};
for (const [name, run] of Object.entries(scenes)) {
  if (only === undefined || only === name) await run();
}
