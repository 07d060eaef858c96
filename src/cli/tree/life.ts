// Verbs about a peer's life, as data (CLI contract; lifecycle contract for what they mean).

import type { OptionSpec, PositionalSpec, VerbSpec } from "../spec.ts";

const PEER: PositionalSpec = { name: "peer", summary: "the peer's name", completes: "peers" };

const OF_RUNTIME: OptionSpec = {
  name: "runtime",
  short: "r",
  takes: "text",
  value: "R",
  summary: "which of its runtimes (default: one that is alive, else its default one)",
  completes: "runtimes",
};

const ANSWER = "an iapeer.answer.v1 document";

type Common = "group" | "effect" | "positionals" | "options" | "json" | "exits";
type LifeVerb = Omit<VerbSpec, Common> & Partial<Pick<VerbSpec, Common>>;

/** The shape that most of them share: a peer, one of its runtimes, an answer. */
const life = (verb: LifeVerb): VerbSpec => ({
  group: "life",
  effect: "changes",
  positionals: [PEER],
  options: [OF_RUNTIME],
  json: ANSWER,
  exits: { 0: "done", 1: "refused or failed; the cause is named" },
  ...verb,
});

const WAKING: readonly VerbSpec[] = [
  life({
    name: "wake",
    summary: "wake a peer, with a message or without",
    details:
      "Whether it starts fresh or resumes its conversation follows from how its last life ended " +
      "and from the topic; --fresh and --resume decide it. A peer that is alive gets the message " +
      "and the topic, and goes on with its conversation: new ends that.",
    options: [
      OF_RUNTIME,
      {
        name: "message",
        short: "m",
        takes: "text",
        value: "T",
        summary: "what to say; - reads it from stdin",
      },
      { name: "topic", takes: "text", value: "T", summary: "what it is about" },
      { name: "fresh", summary: "with an empty conversation" },
      { name: "resume", summary: "with its last conversation, or not at all" },
    ],
    examples: [
      { line: "iapeer wake reviewer --message 'look at PR 12'", does: "wake it with work" },
      { line: "iapeer wake reviewer --fresh", does: "wake it with nothing in mind" },
    ],
    exits: { 0: "woke, or already alive", 1: "refused or failed; the cause is named" },
    load: () => import("../verbs/wake.ts"),
  }),
  life({
    name: "start",
    summary: "lift a stop and wake the peer",
    details:
      "In its default runtime, or the one of --runtime; if another is still stopped, that is " +
      "said. One that died too often is refused until it has cooled: iapeer new starts it over.",
    positionals: [{ ...PEER, optional: true }],
    options: [OF_RUNTIME, { name: "all", summary: "every peer, some at a time" }],
    examples: [
      { line: "iapeer start reviewer", does: "undo iapeer stop" },
      { line: "iapeer start --all", does: "bring up the whole fleet" },
    ],
    json:
      `${ANSWER} (with --all: iapeer.start-all.v1, whose \`started\` counts the newly started, ` +
      "and `already_alive` those that were up before)",
    exits: {
      0: "done, or already alive",
      1: "refused or failed; the cause is named",
    },
    load: () => import("../verbs/start.ts"),
  }),
  life({
    name: "new",
    summary: "end its life and begin a fresh one at once",
    details: "Also lifts a stop, and clears the crash-loop guard.",
    examples: [{ line: "iapeer new reviewer", does: "start over with an empty conversation" }],
    load: () => import("../verbs/new.ts"),
  }),
  life({
    name: "refresh",
    summary: "start fresh at the next message, without ending anything now",
    examples: [{ line: "iapeer refresh reviewer", does: "forget at the next wake" }],
    load: () => import("../verbs/refresh.ts"),
  }),
  {
    name: "attach",
    group: "life",
    effect: "changes",
    summary: "look at a peer's terminal, and type into it",
    details:
      "A sleeping peer is resumed first, which needs the daemon; an alive one is attached " +
      "without it. Leave with Ctrl-b d, or, inside a tmux of yours, Ctrl-b Ctrl-b d: the peer " +
      "goes on.",
    positionals: [PEER],
    options: [OF_RUNTIME],
    examples: [{ line: "iapeer attach reviewer", does: "see what it sees" }],
    exits: {
      0: "detached again, or it ended as meant: by a stop, a park, or with exit code 0",
      1: "nothing to attach to, or it ended otherwise: with another exit code, by a signal",
    },
    load: () => import("../verbs/attach.ts"),
  },
  life({
    name: "<runtime>",
    summary: "start the peer of this folder fresh, and attach to it",
    details: "One that is alive is attached to as it is: iapeer new begins it anew.",
    positionals: [],
    options: [{ name: "detach", short: "d", summary: "leave it in the background" }],
    examples: [{ line: "cd reviewer && iapeer claude", does: "begin to work in a folder" }],
    exits: {
      0: "started, and if it was attached to, as attach says",
      1: "the launch failed, or it was attached to and ended otherwise, as attach says",
    },
    load: () => import("../verbs/folder-launch.ts"),
  }),
];

const ENDING: readonly VerbSpec[] = [
  life({
    name: "stop",
    summary: "end a peer's sessions and keep it from waking until start",
    effect: "destroys",
    worksOnDefaults: true,
    positionals: [{ ...PEER, optional: true }],
    options: [
      { ...OF_RUNTIME, summary: "only this one of its runtimes (default: each)" },
      { name: "all", summary: "every peer" },
    ],
    examples: [
      { line: "iapeer stop reviewer", does: "it stays stopped until iapeer start reviewer" },
      { line: "iapeer stop --all --preview", does: "see who would be stopped" },
    ],
    json: `${ANSWER} (with --all: iapeer.stop-all.v1, with --preview: iapeer.preview.v1)`,
    exits: { 0: "stopped", 1: "some could not be stopped" },
    load: () => import("../verbs/stop.ts"),
  }),
  life({
    name: "interrupt",
    summary: "break off what it is doing now",
    details: "An agent gets Esc. A command gets Ctrl-C, which ends most programs.",
    examples: [{ line: "iapeer interrupt reviewer", does: "as if Esc were pressed in it" }],
    load: () => import("../verbs/interrupt.ts"),
  }),
  life({
    name: "compact",
    summary: "have it compact its conversation",
    examples: [{ line: "iapeer compact reviewer", does: "make room in its context" }],
    load: () => import("../verbs/compact.ts"),
  }),
  life({
    name: "self-fresh",
    summary: "said by a peer: end me and start me fresh",
    positionals: [{ ...PEER, optional: true, summary: "default: the peer that runs this" }],
    examples: [{ line: "iapeer self-fresh", does: "inside a peer: begin again at once" }],
    load: () => import("../verbs/self-fresh.ts"),
  }),
  life({
    name: "self-done",
    summary: "said by an ephemeral peer: my work is done",
    positionals: [{ ...PEER, optional: true, summary: "default: the peer that runs this" }],
    examples: [{ line: "iapeer self-done", does: "inside a peer: reap me when I am quiet" }],
    load: () => import("../verbs/self-done.ts"),
  }),
];

const LOOKING: readonly VerbSpec[] = [
  life({
    name: "logs",
    effect: "reads",
    summary: "what a peer's terminal printed",
    options: [
      { ...OF_RUNTIME, summary: "which of its runtimes (default: its default one)" },
      { name: "follow", short: "f", summary: "go on printing; Ctrl-C ends" },
      { name: "lines", short: "n", takes: "count", value: "N", summary: "how many (default 50)" },
      { name: "raw", summary: "the bytes as they came, with their control sequences" },
    ],
    json: "NDJSON: iapeer.log-line.v1 documents, one for each line that was printed",
    examples: [{ line: "iapeer logs reviewer -f", does: "watch it work" }],
    exits: { 0: "printed", 1: "nothing was ever printed" },
    load: () => import("../verbs/logs.ts"),
  }),
  life({
    name: "exits",
    effect: "reads",
    summary: "how lives ended: when, why, and who says so",
    details:
      "Of the launches of a peer that never started only the latest is shown, unless that peer " +
      "is named, or --all given. With --json it is the same ends.",
    positionals: [{ ...PEER, optional: true }],
    options: [
      { name: "lines", short: "n", takes: "count", value: "N", summary: "the newest (default 20)" },
      { name: "all", summary: "every end that is on record" },
    ],
    json: "NDJSON: iapeer.end.v1 documents, one end record a line, oldest first",
    examples: [
      { line: "iapeer exits reviewer", does: "how this peer's latest lives ended" },
      { line: "iapeer exits --all --json", does: "every end there is, for a program" },
    ],
    exits: { 0: "printed", 1: "a record could not be read" },
    load: () => import("../verbs/exits.ts"),
  }),
  life({
    name: "why",
    effect: "reads",
    summary: "why a peer is in its state, and what would change it",
    options: [],
    json: "an iapeer.why.v1 document; `first` is what has to be done before anything of `next` is",
    examples: [{ line: "iapeer why reviewer", does: "also what was decided not to be done" }],
    exits: { 0: "explained", 1: "its state could not be read" },
    load: () => import("../verbs/why.ts"),
  }),
  life({
    name: "live-runtime",
    effect: "reads",
    summary: "in which runtime a peer is alive now",
    options: [],
    json: "an iapeer.live-runtime.v1 document",
    examples: [{ line: "iapeer live-runtime reviewer", does: "prints claude, for instance" }],
    exits: { 0: "alive; its runtimes, one a line", 1: "not alive" },
    load: () => import("../verbs/live-runtime.ts"),
  }),
];

export const LIFE_VERBS: readonly VerbSpec[] = [...WAKING, ...ENDING, ...LOOKING];
