// What the infrastructure runtimes have in common: a program `<runtime>-runtime run` of their
// own, usually always on, that counts as ready when it stays alive.

import type { Intelligence, RuntimeName } from "../core/names.ts";
import type { LaunchFacts, LaunchPlan, LaunchRefusal, Runtime } from "../ports/runtime.ts";
import { program } from "./program.ts";

const ALIVE_MS = 300;

export function createInfrastructure(name: string, intelligence: Intelligence): Runtime {
  return {
    name: name as RuntimeName,
    traits: {
      agentic: false,
      infrastructure: true,
      usesDoctrine: false,
      defaultIntelligence: intelligence,
    },
    launch: (facts) => launch(name, facts),
    readScreen: () => ({ shows: "ready" }),
    findResumable: () => null,
    lastActivity: () => null,
    interruptKeys: null,
    compactCommand: null,
  };
}

/** A missing program shows at once: nothing is started, and the failure names it. */
function launch(name: string, facts: LaunchFacts): LaunchPlan | LaunchRefusal {
  const own = program(`${name}-runtime`, facts.launchEnv);
  if ("refused" in own) return own;
  return {
    argv: [own.path, "run", ...own.args],
    env: own.env,
    ready: { by: "alive", forMs: ALIVE_MS },
  };
}
