// The `claude` runtime: Claude Code in its terminal interface, with permissions bypassed,
// because nobody is there to answer its questions (lifecycle §3, §7).

import type { RuntimeName } from "../../core/names.ts";
import type { LaunchFacts, LaunchPlan, LaunchRefusal, Runtime } from "../../ports/runtime.ts";
import type { RuntimeDeps } from "../deps.ts";
import { program } from "../program.ts";
import { claudeMemory } from "./native-memory.ts";
import { claudePlaces } from "./places.ts";
import { pluginSteps } from "./plugin.ts";
import { draftOf, readScreen } from "./screen.ts";
import { newestTurn } from "./transcript.ts";
import { ActivityWatch } from "./transcripts.ts";
import { forgetFolder, trustFolder } from "./trust.ts";

const BYPASS_WARNING =
  "claude runs with --dangerously-skip-permissions: " +
  "it reads, changes and executes whatever this user can, without asking.";

export function createClaude(deps: RuntimeDeps): Runtime {
  const activity = new ActivityWatch(deps.files, deps.clock);
  return {
    name: "claude" as RuntimeName,
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
      activity.conversation(claudePlaces(deps, peer, launchEnv).transcriptsDir, peer.cwd),
    lastActivity: (peer, launchEnv) =>
      activity.latest(claudePlaces(deps, peer, launchEnv).transcriptsDir, peer.cwd),
    lastTurn: (peer, launchEnv) => {
      const { transcriptsDir } = claudePlaces(deps, peer, launchEnv);
      const path = activity.newest(transcriptsDir, peer.cwd);
      return path === null ? null : newestTurn(deps.files, path);
    },
    interruptKeys: ["Escape"],
    // It comes back to the prompt by itself once the next message is sent.
    draft: { typed: draftOf, keys: ["C-s"] },
    compactCommand: "/compact",
    prepareFolder: (peer, launchEnv = {}) =>
      trustFolder(deps.files, claudePlaces(deps, peer, launchEnv).state, peer.cwd),
    forgetFolder: (peer, launchEnv = {}) =>
      forgetFolder(deps.files, claudePlaces(deps, peer, launchEnv).state, peer.cwd),
    nativeMemory: claudeMemory,
    pluginSteps,
  };
}

function launch(facts: LaunchFacts): LaunchPlan | LaunchRefusal {
  const own = program("claude", facts.launchEnv);
  if ("refused" in own) return own;
  const { doctrinePath, resumable } = facts;
  const doctrine = doctrinePath === undefined ? [] : ["--system-prompt-file", doctrinePath];
  // By its id: `--continue` would take the newest of any folder with the same mapped name.
  const resume = resumable === undefined ? [] : ["--resume", resumable.ref];
  return {
    argv: [own.path, "--dangerously-skip-permissions", ...doctrine, ...resume, ...own.args],
    env: own.env,
    ready: { by: "screen" },
  };
}
