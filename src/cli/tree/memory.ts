// Verbs about memory: the provider in the slot, and the runtimes' own (CLI contract).

import type { OptionSpec, VerbSpec } from "../spec.ts";

const WHOM: readonly OptionSpec[] = [
  { name: "peer", takes: "text", value: "P", summary: "this peer", completes: "peers" },
  { name: "all", summary: "every peer" },
];

const JOBS: OptionSpec = {
  name: "jobs",
  takes: "count",
  value: "N",
  summary: "how many peers at once (default 4)",
};

const PLUGIN: readonly VerbSpec[] = [
  {
    name: "memory-plugin on",
    group: "memory",
    summary: "have the memory provider provision peers",
    details:
      "Calls the provider's provision command once for each of a peer's agentic runtimes, as at " +
      "its birth. Safe to repeat. Ctrl-C ends what runs, begins nothing more, and tells who " +
      "was done.",
    effect: "changes",
    positionals: [],
    options: [...WHOM, JOBS],
    json: "an iapeer.memory-plugin.v1 document",
    examples: [
      { line: "iapeer memory-plugin on --peer reviewer", does: "repair what failed at its birth" },
      { line: "iapeer memory-plugin on --all", does: "after a provider was installed" },
    ],
    exits: { 0: "all were provisioned, or have no agentic runtime", 1: "some were not; named" },
    load: () => import("../verbs/memory-plugin.ts"),
  },
  {
    name: "memory-plugin off",
    group: "memory",
    summary: "have the memory provider take its provisions back",
    details:
      "Calls the provider's unprovision command once for each of a peer's agentic runtimes. What " +
      "it does with what peers have remembered is the provider's business.",
    effect: "changes",
    positionals: [],
    options: [...WHOM, JOBS],
    json: "an iapeer.memory-plugin.v1 document",
    examples: [
      { line: "iapeer memory-plugin off --peer reviewer", does: "one peer without the provider" },
      { line: "iapeer memory-plugin off --all", does: "before a provider is uninstalled" },
    ],
    exits: { 0: "all were unprovisioned, or have no agentic runtime", 1: "some were not; named" },
    load: () => import("../verbs/memory-plugin.ts"),
  },
];

const NATIVE: readonly VerbSpec[] = [
  {
    name: "native-memory off",
    group: "memory",
    summary: "turn the runtimes' own memory off",
    details:
      "claude: autoMemoryEnabled in the folder's .claude/settings.json. codex: memories under " +
      "[features] in its .codex/config.toml. Nothing else in the files changes. Done at a " +
      "peer's birth when there is a memory provider.",
    effect: "changes",
    positionals: [],
    options: WHOM,
    json: "an iapeer.native-memory.v1 document",
    examples: [
      { line: "iapeer native-memory off --peer reviewer", does: "one memory is enough" },
    ],
    exits: { 0: "it is off", 1: "a file had to be left as it is; the reason is named" },
    load: () => import("../verbs/native-memory.ts"),
  },
  {
    name: "native-memory on",
    group: "memory",
    summary: "take back what native-memory off changed",
    details:
      "A setting that was changed gets its old value, one that was added goes, to the byte. One " +
      "that somebody else turned off is turned on.",
    effect: "changes",
    positionals: [],
    options: WHOM,
    json: "an iapeer.native-memory.v1 document",
    examples: [{ line: "iapeer native-memory on --all", does: "after a provider has gone" }],
    exits: { 0: "no setting turns it off", 1: "a file had to be left; the reason is named" },
    load: () => import("../verbs/native-memory.ts"),
  },
];

const PROVIDER: readonly VerbSpec[] = [
  {
    name: "provider show",
    group: "memory",
    summary: "the memory provider of this host, or why there is none",
    effect: "reads",
    positionals: [],
    options: [],
    json: "an iapeer.provider.v1 document",
    examples: [
      { line: "iapeer provider show", does: "who it is, and what of its file is ignored" },
    ],
    exits: { 0: "shown; an empty slot is fine", 1: "there is a file, and it is ignored" },
    load: () => import("../verbs/provider-show.ts"),
  },
  {
    name: "provider check",
    group: "memory",
    summary: "test a memory provider, point by point",
    details:
      "Reads a declaration, then drives its commands through every occasion, twice each, with " +
      "folders whose names hold blanks, quotes, unicode, line breaks and leading dashes. All in " +
      "a scratch root that is also HOME, so nothing of yours is touched by a provider that keeps " +
      "to it.",
    effect: "reads",
    positionals: [
      {
        name: "file",
        optional: true,
        summary: "a declaration; default: the one in the slot",
        completes: "files",
      },
    ],
    options: [],
    json: "an iapeer.provider-check.v1 document",
    examples: [
      { line: "iapeer provider check ./memory-provider.json", does: "before it is installed" },
    ],
    exits: { 0: "every point holds; warnings are named", 1: "a point does not hold" },
    load: () => import("../verbs/provider-check.ts"),
  },
  {
    name: "provider init",
    group: "memory",
    summary: "write a working memory provider to start from",
    details:
      "Writes provider.sh, the same as provider.ts, and a declaration for either. Nothing is " +
      "installed, and no file that is there is overwritten.",
    effect: "changes",
    root: "as-it-is",
    positionals: [
      { name: "dir", optional: true, summary: "default: ./memory-provider", completes: "folders" },
    ],
    options: [],
    json: "an iapeer.provider-init.v1 document",
    examples: [{ line: "iapeer provider init ./my-memory", does: "then edit, check and install" }],
    exits: { 0: "written", 1: "a file is in the way, or the folder cannot be written" },
    load: () => import("../verbs/provider-init.ts"),
  },
];

export const MEMORY_VERBS: readonly VerbSpec[] = [...PLUGIN, ...NATIVE, ...PROVIDER];
