// Verbs about which peers there are, and the demonstration, as data (CLI contract).

import { PEER_STATES } from "../render/fleet.ts";
import type { PositionalSpec, VerbSpec } from "../spec.ts";
import { PROFILE_OPTIONS } from "./profile-options.ts";

const PEER: PositionalSpec = { name: "peer", summary: "the peer's name", completes: "peers" };

const DEMO: VerbSpec = {
  name: "demo",
  group: "try it",
  summary: "see it work: peers that live, die, and are accounted for",
  details:
    "Starts a few peers in a scratch folder with their own daemon, wakes one, kills the tmux " +
    "server of another, and shows what was noticed and how soon. Takes about five seconds, and " +
    "ten on a terminal, to be read; it touches nothing of yours.",
  effect: "changes",
  positionals: [],
  options: [{ name: "keep", summary: "leave it running and print what to try" }],
  examples: [{ line: "iapeer demo", does: "run the demonstration and clean up" }],
  exits: { 0: "it worked", 1: "a step did not do what it should" },
  load: () => import("../verbs/demo.ts"),
};

const NOT_BORN =
  "refused: the name is taken, or the folder unusable; or no service manager would hold the peer";

const BIRTH: readonly VerbSpec[] = [
  {
    name: "init",
    group: "peers",
    summary: "make a folder a peer",
    details:
      "The peer's name is derived from the folder's. A folder that has a profile keeps it, and " +
      "is registered again.",
    effect: "changes",
    root: "made",
    positionals: [
      { name: "folder", optional: true, summary: "default: here", completes: "folders" },
    ],
    options: PROFILE_OPTIONS,
    argv: "argv...",
    json: "an iapeer.peer.v1 document",
    examples: [
      { line: "iapeer init --runtime claude", does: "make this folder a claude peer" },
      { line: "iapeer init ./site --description 'the web site'", does: "make another folder one" },
    ],
    exits: { 0: "the folder is a peer", 1: NOT_BORN },
    load: () => import("../verbs/init.ts"),
  },
  {
    name: "create",
    group: "peers",
    summary: "create a peer with a folder of its own",
    details:
      "The folder is made under the root's peers/ unless --cwd names one. Agents run with their " +
      "runtime's own permission questions switched off, because nobody is there to answer them; " +
      "create says so. One that is always on is brought up at once by whoever keeps it up.",
    effect: "changes",
    root: "made",
    positionals: [{ name: "name", summary: "a letter, then a-z, 0-9 and -, at most 32" }],
    options: [
      ...PROFILE_OPTIONS,
      { name: "cwd", takes: "text", value: "DIR", summary: "its folder", completes: "folders" },
    ],
    argv: "argv...",
    json: "an iapeer.peer.v1 document",
    examples: [
      { line: "iapeer create reviewer --runtime claude", does: "create an agent" },
      {
        line: "iapeer create echo --runtime command -- /usr/bin/env FOO=1 cat",
        does: "create a peer that runs any program",
      },
    ],
    exits: { 0: "created", 1: NOT_BORN },
    load: () => import("../verbs/create.ts"),
  },
];

const READING: readonly VerbSpec[] = [
  {
    name: "list",
    group: "peers",
    summary: "all peers and their states",
    effect: "reads",
    positionals: [],
    options: [
      {
        name: "state",
        takes: "text",
        value: "S",
        summary: "only peers in this state, such as alive or asleep",
        completes: PEER_STATES,
      },
    ],
    json: "an iapeer.list.v1 document",
    examples: [
      { line: "iapeer list", does: "who there is, and how they are" },
      { line: "iapeer list --json | jq '.peers[].personality'", does: "just the names" },
    ],
    exits: { 0: "listed", 1: "the registry could not be read" },
    load: () => import("../verbs/list.ts"),
  },
  {
    name: "show",
    group: "peers",
    summary: "everything about one peer",
    effect: "reads",
    positionals: [PEER],
    options: [],
    json: "an iapeer.show.v1 document",
    examples: [{ line: "iapeer show reviewer", does: "profile, state, last ends and decisions" }],
    exits: { 0: "shown", 1: "its state could not be read" },
    load: () => import("../verbs/show.ts"),
  },
];

const CHANGING: readonly VerbSpec[] = [
  {
    name: "remove",
    group: "peers",
    summary: "take a peer out of the fleet; its folder stays",
    details:
      "Ends its sessions, purges all that is kept under its name and what create --env wrote, " +
      "and says what. The peer's folder is never deleted. What a service manager holds by " +
      "iapeer's own plist or unit is ended there first; somebody else's is left alone.",
    effect: "destroys",
    positionals: [PEER],
    options: [
      {
        name: "force",
        summary: "where somebody else's plist or unit holds it: only out of the registry",
      },
    ],
    json: "an iapeer.answer.v1 document (with --preview: iapeer.preview.v1)",
    examples: [
      { line: "iapeer remove echo --preview", does: "see what would go" },
      { line: "iapeer remove echo --yes", does: "remove it without being asked" },
    ],
    exits: { 0: "removed", 1: "something could not be removed" },
    load: () => import("../verbs/remove.ts"),
  },
  {
    name: "rename",
    group: "peers",
    summary: "give a peer another name",
    details:
      "Refused while a session of it is alive. What is remembered about it keeps its new name, " +
      "and a folder under the root's peers/ moves with it. The conversations of claude and codex " +
      "belong to the folder that it had: after a move they begin anew.",
    effect: "changes",
    positionals: [
      { name: "old", summary: "its name now", completes: "peers" },
      { name: "new", summary: "its name from now on" },
    ],
    options: [],
    json: "an iapeer.answer.v1 document",
    examples: [{ line: "iapeer rename echo parrot", does: "call it parrot" }],
    exits: { 0: "renamed", 1: "refused: the new name is taken, or the folder is in use" },
    load: () => import("../verbs/rename.ts"),
  },
  {
    name: "verify",
    group: "peers",
    summary: "compare the registry with the peers' own profiles",
    effect: "reads",
    root: "needed",
    positionals: [],
    options: [{ name: "fix", summary: "write the registry again from the profiles" }],
    json: "an iapeer.verify.v1 document (with --fix: iapeer.verify-fix.v1)",
    examples: [
      { line: "iapeer verify", does: "show where they disagree" },
      { line: "iapeer verify --fix", does: "the profiles win" },
    ],
    exits: { 0: "they agree (with --fix: now)", 1: "they disagree" },
    load: () => import("../verbs/verify.ts"),
  },
  {
    name: "add-runtime",
    group: "peers",
    summary: "let a peer be present in one more way",
    effect: "changes",
    positionals: [PEER, { name: "runtime", summary: "which", completes: "runtimes" }],
    options: [],
    json: "an iapeer.peer.v1 document",
    examples: [{ line: "iapeer add-runtime reviewer codex", does: "reviewer may also run codex" }],
    exits: { 0: "added, or there already", 1: "the profile could not be changed" },
    load: () => import("../verbs/add-runtime.ts"),
  },
  {
    name: "default-runtime",
    group: "peers",
    summary: "which of its runtimes a peer is woken in",
    effect: "changes",
    positionals: [PEER, { name: "runtime", summary: "one it has", completes: "runtimes" }],
    options: [],
    json: "an iapeer.peer.v1 document",
    examples: [{ line: "iapeer default-runtime reviewer codex", does: "wake it in codex" }],
    exits: { 0: "set", 1: "the profile could not be changed" },
    load: () => import("../verbs/default-runtime.ts"),
  },
];

export const PEER_VERBS: readonly VerbSpec[] = [DEMO, ...BIRTH, ...READING, ...CHANGING];
