// Verbs about the daemon and the service manager that holds it, as data (CLI contract;
// service-manager contract for what they mean).

import { MANAGERS } from "../../core/service.ts";
import type { OptionSpec, VerbSpec } from "../spec.ts";

const MANAGER: OptionSpec = {
  name: "manager",
  takes: "text",
  value: "M",
  summary: "launchd, systemd or embedded (default: what this host has)",
  completes: MANAGERS,
};

const PREVIEW: OptionSpec = {
  name: "preview",
  summary: "print what would be done and change nothing",
};

const SERVICE = "an iapeer.service.v1 document";

type Common = "group" | "effect" | "positionals" | "options" | "json";
type DaemonVerb = Omit<VerbSpec, Common> & Partial<Pick<VerbSpec, Common>>;

const daemon = (verb: DaemonVerb): VerbSpec => ({
  group: "host",
  effect: "changes",
  positionals: [],
  options: [],
  json: SERVICE,
  ...verb,
});

/** By hand: a verb without `--json` must not have one that is undefined. */
const RUN: VerbSpec = {
  name: "daemon run",
  group: "host",
  summary: "supervise this root in the foreground",
  root: "made",
  details: "Ctrl-C ends the daemon; the sessions live on, and the next daemon finds them.",
  effect: "changes",
  positionals: [],
  options: [
    {
      name: "held",
      summary: "said by a service manager: after 5 failed starts in 10 minutes, wait before more",
    },
  ],
  examples: [{ line: "iapeer daemon run", does: "in a terminal of its own, or under a manager" }],
  exits: { 0: "ended as asked", 1: "another daemon holds this root, or it could not start" },
  load: () => import("../verbs/daemon-run.ts"),
};

const RUN_INFRA: VerbSpec = {
  name: "run-infra",
  group: "host",
  summary: "hold one always-on peer in the foreground; what its plist or unit starts",
  details:
    "Brings the peer up in its tmux session, or adopts the session, and stays until it ends. " +
    "TERM ends the session too. A launch before which nothing was started is tried again at " +
    "growing pauses. After 5 deaths within 10 minutes it gives up, until iapeer new.",
  effect: "changes",
  positionals: [
    { name: "peer", summary: "the peer's name", completes: "peers" },
    { name: "runtime", summary: "which of its runtimes", completes: "runtimes" },
  ],
  options: [],
  examples: [{ line: "iapeer run-infra bridge telegram", does: "as its service manager does" }],
  exits: { 0: "stopped on purpose, or given up on", 1: "its session died, or did not start" },
  load: () => import("../verbs/run-infra.ts"),
};

export const DAEMON_VERBS: readonly VerbSpec[] = [
  RUN,
  daemon({
    name: "daemon status",
    summary: "whether the daemon runs, how it does, and what holds it",
    details: "Names the service manager, and what decided that it is this one.",
    effect: "reads",
    options: [
      { name: "verbose", summary: "each thing that was looked at to choose the service manager" },
    ],
    json: "an iapeer.daemon.v1 document",
    examples: [{ line: "iapeer daemon status", does: "pid, age, last pass, service manager" }],
    exits: { 0: "it runs and ticks", 1: "it does not run, or has stopped ticking" },
    load: () => import("../verbs/daemon-status.ts"),
  }),
  daemon({
    name: "daemon install",
    summary: "have the system's service manager hold the daemon",
    root: "made",
    details:
      "Writes and loads a launchd agent or a systemd user unit, and has always-on infrastructure " +
      "peers held too. It has succeeded only when the daemon answers. Safe to repeat.",
    options: [MANAGER, PREVIEW],
    examples: [
      { line: "iapeer daemon install", does: "survive logout, crash and reboot" },
      { line: "iapeer daemon install --preview", does: "see the plist or unit first" },
    ],
    exits: { 0: "it is held, and answers", 1: "it is not; the next command is named" },
    load: () => import("../verbs/daemon-install.ts"),
  }),
  daemon({
    name: "daemon uninstall",
    summary: "take the daemon and held peers out of the service manager",
    root: "as-it-is",
    details:
      "Deletes only plists and units that iapeer wrote for this root. Peers' data stays, and " +
      "their sessions live on.",
    effect: "destroys",
    examples: [{ line: "iapeer daemon uninstall --preview", does: "see which files would go" }],
    exits: { 0: "nothing of this root is held", 1: "something is left; it is named" },
    load: () => import("../verbs/daemon-uninstall.ts"),
  }),
  daemon({
    name: "daemon start",
    summary: "start the daemon, where it is held or in the background",
    root: "made",
    options: [PREVIEW],
    examples: [{ line: "iapeer daemon start", does: "after a stop" }],
    exits: { 0: "it answers", 1: "it does not; the next command is named" },
    load: () => import("../verbs/daemon-start.ts"),
  }),
  daemon({
    name: "daemon stop",
    summary: "end the daemon; the sessions live on",
    root: "as-it-is",
    worksOnDefaults: true,
    options: [PREVIEW],
    json: "an iapeer.daemon-stop.v1 document",
    examples: [{ line: "iapeer daemon stop", does: "peers go on unsupervised" }],
    exits: { 0: "ended, or was not running", 1: "it did not answer" },
    load: () => import("../verbs/daemon-stop.ts"),
  }),
  daemon({
    name: "daemon restart",
    summary: "end the daemon and start it again; the sessions live on",
    options: [PREVIEW],
    examples: [{ line: "iapeer daemon restart", does: "after a change of config.json" }],
    exits: { 0: "a new daemon answers", 1: "it does not; the next command is named" },
    load: () => import("../verbs/daemon-restart.ts"),
  }),
  RUN_INFRA,
];
