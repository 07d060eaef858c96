// The `codex` runtime: Codex in its terminal interface, approvals and sandbox bypassed, because
// nobody is there to answer its questions (lifecycle §3, §7).

import type { RuntimeName } from "../../core/names.ts";
import type { LaunchFacts, LaunchPlan, LaunchRefusal, Runtime } from "../../ports/runtime.ts";
import type { RuntimeDeps } from "../deps.ts";
import { program } from "../program.ts";
import { CodexActivity } from "./activity.ts";
import { codexMemory } from "./native-memory.ts";
import { codexPlaces } from "./places.ts";
import { pluginSteps } from "./plugin.ts";
import { newestTurn, Rollouts, turnRuns } from "./rollouts.ts";
import { draftOf, readScreen } from "./screen.ts";
import { forgetFolder, trustFolder } from "./trust.ts";

const BYPASS_WARNING =
  "codex runs with --dangerously-bypass-approvals-and-sandbox: " +
  "it reads, changes and executes whatever this user can, without asking.";

/** Near an account's limit it would ask about another model, and take no message before. */
const NO_NUDGE = ["-c", "notice.hide_rate_limit_model_nudge=true"];

export function createCodex(deps: RuntimeDeps): Runtime {
  const activity = new CodexActivity(deps.files, deps.clock, new Rollouts(deps.files));
  return {
    name: "codex" as RuntimeName,
    traits: {
      agentic: true,
      infrastructure: false,
      usesDoctrine: true,
      defaultIntelligence: "artificial",
      bypassWarning: BYPASS_WARNING,
    },
    launch,
    readScreen: (text) => readScreen(text),
    findResumable: (peer, launchEnv) =>
      activity.conversation(codexPlaces(deps, peer, launchEnv).sessionsDir, peer.cwd),
    lastActivity: (peer, launchEnv) =>
      activity.latest(codexPlaces(deps, peer, launchEnv).sessionsDir, peer.cwd),
    lastTurn: (peer, launchEnv) => {
      const { sessionsDir } = codexPlaces(deps, peer, launchEnv);
      const path = activity.newest(sessionsDir, peer.cwd);
      return path === null ? null : newestTurn(deps.files, path);
    },
    turnRuns: (peer, launchEnv, sinceWall) => {
      const { sessionsDir } = codexPlaces(deps, peer, launchEnv);
      const path = activity.newest(sessionsDir, peer.cwd);
      return path !== null && turnRuns(deps.files, path, sinceWall);
    },
    interruptKeys: ["Escape"],
    // A line of it, which Ctrl-y brings back. Never Ctrl-c: with nothing there codex ends at once.
    draft: { typed: draftOf, keys: ["C-e", "C-u"], back: ["C-y"] },
    compactCommand: "/compact",
    prepareFolder: (peer, launchEnv = {}) =>
      trustFolder(deps.files, codexPlaces(deps, peer, launchEnv).config, peer.cwd),
    forgetFolder: (peer, launchEnv = {}) =>
      forgetFolder(deps.files, codexPlaces(deps, peer, launchEnv), peer.cwd),
    nativeMemory: codexMemory,
    pluginSteps,
  };
}

function launch(facts: LaunchFacts): LaunchPlan | LaunchRefusal {
  const own = program("codex", facts.launchEnv);
  if ("refused" in own) return own;
  const { doctrinePath, resumable } = facts;
  const doctrine =
    doctrinePath === undefined
      ? []
      : ["-c", `model_instructions_file=${JSON.stringify(doctrinePath)}`];
  const resume = resumable === undefined ? [] : ["resume", resumable.ref];
  // The background server that codex shares between sessions outlives the peer's tmux server.
  const flags = ["--dangerously-bypass-approvals-and-sandbox", "--no-daemon"];
  return {
    argv: [own.path, ...flags, ...NO_NUDGE, ...doctrine, ...own.args, ...resume],
    env: own.env,
    ready: { by: "screen" },
  };
}
