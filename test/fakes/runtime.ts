// Two runtimes (ports/runtime.ts): a plain program, and an agent with conversations that can be
// resumed. What they run in a pane is in programs.ts.

import { wallMs, type WallMs } from "../../src/core/brand.ts";
import type { RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import type {
  LaunchFacts,
  LaunchPlan,
  Resumable,
  Runtime,
  RuntimeTraits,
  Screen,
} from "../../src/ports/runtime.ts";

/** What agents keep on disk, by folder; it outlives everything but its own machine. */
export interface Conversation {
  readonly ref: string;
  lastActiveWall: number;
  readonly turns: string[];
}

export type Conversations = Map<string, Conversation>;

export const PLAIN = "command" as RuntimeName;
export const AGENT = "claude" as RuntimeName;

export const plainRuntime = (): Runtime => ({
  name: PLAIN,
  traits: traits("absent"),
  launch: (facts) => ({ ...plan(facts, ["plain"]), ready: { by: "alive", forMs: 300 } }),
  readScreen: () => ({ shows: "ready" }),
  findResumable: () => null,
  lastActivity: () => null,
  interruptKeys: ["C-c"],
  compactCommand: null,
});

export function agentRuntime(conversations: Conversations): Runtime {
  return {
    name: AGENT,
    traits: { ...traits("artificial"), agentic: true },
    launch: (facts) => ({
      ...plan(facts, ["agent", facts.mode, facts.resumable?.ref ?? "-"]),
      ready: { by: "screen" },
    }),
    readScreen: (text) => readAgentScreen(text),
    findResumable: (peer) => resumable(conversations, peer),
    lastActivity: (peer) => lastActivity(conversations, peer),
    interruptKeys: ["Escape"],
    compactCommand: "/compact",
  };
}

function readAgentScreen(text: string): Screen {
  if (text.startsWith("dialog")) return { shows: "dialog", name: "trust", keys: ["Enter"] };
  if (text.startsWith("ready")) return { shows: "ready" };
  return text.startsWith("busy") ? { shows: "busy" } : { shows: "wait" };
}

const resumable = (all: Conversations, peer: RegistryEntry): Resumable | null => {
  const found = all.get(peer.cwd);
  if (found === undefined) return null;
  return { ref: found.ref, lastActiveWall: wallMs(found.lastActiveWall) };
};

const lastActivity = (all: Conversations, peer: RegistryEntry): WallMs | null =>
  resumable(all, peer)?.lastActiveWall ?? null;

const traits = (defaultIntelligence: "absent" | "artificial"): RuntimeTraits => ({
  agentic: false,
  infrastructure: false,
  usesDoctrine: false,
  defaultIntelligence,
});

const plan = (facts: LaunchFacts, argv: readonly string[]): Pick<LaunchPlan, "argv" | "env"> => ({
  argv: [...argv, facts.peer.personality],
  env: { PEER_MODE: facts.mode },
});
