// The `command` runtime: any argv that the operator declares. It has no conversation of its
// own, so it "resumes" as the same argv and is told so in PEER_MODE (lifecycle §3, §7).

import { wallMs } from "../../core/brand.ts";
import type { RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type {
  LaunchFacts,
  LaunchPlan,
  LaunchRefusal,
  Runtime,
  Screen,
} from "../../ports/runtime.ts";

const NAME = "command" as RuntimeName;
const ALIVE_MS = 300;
/** An expression is tried on this much of the screen's end and no more. */
const SCREEN_BYTES_MAX = 16 * 1024;

export const createCommand = (): Runtime => ({
  name: NAME,
  traits: {
    agentic: false,
    infrastructure: false,
    usesDoctrine: false,
    defaultIntelligence: "absent",
  },
  launch,
  readScreen,
  findResumable: () => ({ ref: "", lastActiveWall: wallMs(0) }),
  lastActivity: () => null,
  interruptKeys: ["C-c"],
  compactCommand: null,
});

function launch(facts: LaunchFacts): LaunchPlan | LaunchRefusal {
  const { command, personality } = facts.peer;
  if (command === undefined || (command.argv[0] ?? "") === "") {
    return {
      refused: `${personality} declares no command`,
      next: `add "command": {"argv": ["/path/to/program"]} to its peer-profile.json`,
    };
  }
  return {
    argv: command.argv,
    env: { ...facts.launchEnv, PEER_MODE: facts.mode },
    ready: command.ready === undefined ? { by: "alive", forMs: ALIVE_MS } : { by: "screen" },
  };
}

function readScreen(text: string, peer: RegistryEntry): Screen {
  const ready = peer.command?.ready;
  if (ready === undefined) return { shows: "ready" };
  const expression = compile(ready);
  // A profile edited by hand may hold anything: not a regular expression, then a plain text.
  const end = text.slice(-SCREEN_BYTES_MAX);
  const seen = expression === null ? end.includes(ready) : expression.test(end);
  return { shows: seen ? "ready" : "wait" };
}

function compile(source: string): RegExp | null {
  try {
    return new RegExp(source, "m");
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
