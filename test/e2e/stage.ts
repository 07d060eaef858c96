// Everything that one agent's tests need: a model on loopback, a home, and a fleet around both.

import { afterAll, beforeAll } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Fleet } from "./fleet.ts";
import { installPrograms } from "./install.ts";
import { type ModelRequest, type ModelServer, startModelServer } from "./model-server.ts";
import { createScratchHome, type ScratchHome } from "./scratch-home.ts";
import { waitFor } from "./wait-for.ts";

export type Agent = "claude" | "codex";
export const AGENTS: readonly Agent[] = ["claude", "codex"];
export const programs = installPrograms();

export interface Stage {
  readonly agent: Agent;
  readonly model: ModelServer;
  readonly home: ScratchHome;
  readonly fleet: Fleet;
  /** Creates a peer with the real program behind it, and returns its folder. */
  create(name: string, doctrine?: string, cwd?: string): Promise<string>;
  /** Wakes with a message, and waits for the turn that the model was asked for. */
  say(name: string, text: string, options?: readonly string[]): Promise<Said>;
  end(): Promise<void>;
}

export interface Said {
  readonly mode: string;
  readonly cause: string;
  readonly generation: string;
  readonly request: ModelRequest;
}

const TIMEOUT_MS = 120_000;

/** A stage for all tests of a `describe`, set before the first and taken down after the last. */
export function useStage(
  agent: Agent,
  settings: Readonly<Record<string, string>> = {},
): () => Stage {
  let stage: Stage | null = null;
  beforeAll(async () => {
    stage = await setStage(agent, settings);
  }, TIMEOUT_MS);
  afterAll(() => stage?.end(), TIMEOUT_MS);
  return () => {
    if (stage === null) throw new Error("the stage could not be set; see above");
    return stage;
  };
}

async function setStage(
  agent: Agent,
  settings: Readonly<Record<string, string>>,
): Promise<Stage> {
  const model = startModelServer();
  const home = createScratchHome({ modelPort: model.port });
  const fleet = new Fleet(settings);
  const end = async (): Promise<void> => {
    await fleet.stop();
    await model.stop();
    home.remove();
  };
  try {
    await fleet.start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    agent,
    model,
    home,
    fleet,
    create: (name, doctrine = "", cwd = join(fleet.root, "peers", name)) =>
      createPeer({ agent, home, fleet }, name, { doctrine, cwd }),
    say: (name, text, options = []) => say({ fleet, model }, [name, "-m", text, ...options]),
    end,
  };
}

async function createPeer(
  { agent, home, fleet }: Pick<Stage, "agent" | "home" | "fleet">,
  name: string,
  { doctrine, cwd }: { readonly doctrine: string; readonly cwd: string },
): Promise<string> {
  if (programs.state === "missing") throw new Error(programs.why);
  const env = { ...home.env(agent), IAPEER_PROGRAM: programs[agent] };
  const variables = Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  await fleet.must(["create", name, "--runtime", agent, "--cwd", cwd, ...variables]);
  if (doctrine !== "") {
    mkdirSync(join(cwd, ".iapeer"), { recursive: true });
    writeFileSync(join(cwd, ".iapeer", "IAPEER.md"), doctrine);
  }
  return cwd;
}

interface WakeAnswer extends Omit<Said, "request"> {
  readonly result: string;
  readonly delivered: string;
}

async function say(
  { fleet, model }: Pick<Stage, "fleet" | "model">,
  words: readonly string[],
): Promise<Said> {
  const text = words[2] ?? "";
  const answer = await fleet.json<WakeAnswer>(["wake", ...words]);
  if (answer.delivered !== "delivered") {
    throw new Error(`${JSON.stringify(answer)}\n${fleet.story()}`);
  }
  const request = await waitFor(
    `the model to be asked about "${text}"`,
    () => model.turns().find((turn) => turn.latest.includes(text)),
    () => fleet.story(),
  );
  return { ...answer, request };
}
