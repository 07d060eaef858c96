// Verbs about the host: the whole fleet at a glance, and the shell (CLI contract).

import type { VerbSpec } from "../spec.ts";

const GLANCE: readonly VerbSpec[] = [
  {
    name: "status",
    group: "host",
    summary: "the daemon and the fleet, what is wrong first",
    effect: "reads",
    tellsConfig: true,
    positionals: [],
    options: [],
    json: "an iapeer.status.v1 document",
    examples: [{ line: "iapeer status", does: "is everything all right?" }],
    exits: {
      0: "no error was found; what is a warning, or unknown, is named",
      1: "an error was found; each has a hint",
    },
    load: () => import("../verbs/status.ts"),
  },
  {
    name: "doctor",
    group: "host",
    summary: "what is wrong with how this root is held, and what to do about it",
    details:
      "Looks at the service manager, its plists or units, the daemon, and the memory slot. " +
      "Changes nothing.",
    effect: "reads",
    tellsConfig: true,
    positionals: [],
    options: [],
    json: "an iapeer.doctor.v1 document",
    examples: [{ line: "iapeer doctor", does: "when the daemon does not come back by itself" }],
    exits: { 0: "no error was found", 1: "an error was found; each has a hint" },
    load: () => import("../verbs/doctor.ts"),
  },
  {
    name: "top",
    group: "host",
    summary: "a live table of all peers",
    details:
      "Redraws in place; q or Ctrl-C ends it. Where the terminal is too short, the arrow keys, " +
      "PgUp and PgDn, Home and End scroll.",
    effect: "reads",
    positionals: [],
    options: [
      { name: "once", summary: "print it once and end" },
      {
        name: "every",
        takes: "duration",
        value: "D",
        summary: "how often to look (default 1s)",
      },
    ],
    json: "an iapeer.top.v1 document, once",
    examples: [{ line: "iapeer top", does: "watch the fleet" }],
    exits: { 0: "ended by you", 1: "nothing could be read" },
    load: () => import("../verbs/top.ts"),
  },
  {
    name: "events",
    group: "host",
    summary: "what was decided, delivered and ended, in order",
    details: "With --json it is the same events. --since shows all from then on.",
    effect: "reads",
    positionals: [],
    options: [
      { name: "follow", short: "f", summary: "go on printing; Ctrl-C ends" },
      {
        name: "since",
        takes: "text",
        value: "WHEN",
        summary: "from this instant, or this long ago (2h)",
      },
      { name: "peer", takes: "text", value: "P", summary: "only this peer", completes: "peers" },
      { name: "lines", short: "n", takes: "count", value: "N", summary: "the newest (default 50)" },
      { name: "all", summary: "everything that is still in the logs" },
    ],
    json: "NDJSON: iapeer.event.v1 documents, one event a line",
    examples: [
      { line: "iapeer events -f", does: "watch what happens" },
      { line: "iapeer events --since 2h --peer reviewer", does: "what happened to one of them" },
    ],
    exits: { 0: "printed", 1: "the logs could not be read" },
    load: () => import("../verbs/events.ts"),
  },
  {
    name: "completion",
    group: "host",
    summary: "a completion script for your shell",
    details:
      "bash: eval \"$(iapeer completion bash)\" in ~/.bashrc. zsh: the same in ~/.zshrc, after " +
      "compinit. fish: iapeer completion fish > ~/.config/fish/completions/iapeer.fish.",
    effect: "reads",
    positionals: [
      { name: "shell", summary: "bash, zsh or fish", completes: ["bash", "zsh", "fish"] },
    ],
    options: [],
    examples: [
      { line: 'eval "$(iapeer completion bash)"', does: "complete verbs, peers and runtimes" },
    ],
    exits: { 0: "printed", 1: "never" },
    load: () => import("../verbs/completion.ts"),
  },
];

export const HOST_VERBS: readonly VerbSpec[] = GLANCE;
