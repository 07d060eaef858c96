// What `create` and `init` take for a profile, as data (CLI contract).

import type { OptionSpec } from "../spec.ts";

const RUNTIME: OptionSpec = {
  name: "runtime",
  short: "r",
  takes: "text",
  value: "R",
  summary:
    "how the peer is present: claude, codex, command, telegram, notifier (default: command when " +
    "a program follows --, else claude)",
  completes: "runtimes",
};

export const PROFILE_OPTIONS: readonly OptionSpec[] = [
  RUNTIME,
  { name: "description", takes: "text", value: "TEXT", summary: "what it is for" },
  {
    name: "wake-policy",
    takes: "text",
    value: "P",
    summary: "warm keeps its conversation (default); ephemeral starts anew for each message",
    completes: ["warm", "ephemeral"],
  },
  { name: "initial-prompt", takes: "text", value: "TEXT", summary: "said first at a fresh wake" },
  {
    name: "always-on",
    summary: "start it again whenever it ends (default for telegram and notifier)",
  },
  { name: "no-bootstrap", summary: "ask no service manager or daemon to bring it up now" },
  {
    name: "intelligence",
    takes: "text",
    value: "I",
    summary: "artificial, natural or absent (default: from the runtime)",
    completes: ["artificial", "natural", "absent"],
  },
  {
    name: "interface",
    takes: "list",
    value: "NAME[=VALUE]",
    summary: "a way people reach it, such as telegram; VALUE is JSON or text",
  },
  { name: "ready", takes: "text", value: "REGEX", summary: "a command's screen once ready" },
  { name: "env", takes: "list", value: "K=V", summary: "a variable, kept in its launch.env" },
  {
    name: "env-file",
    takes: "text",
    value: "FILE",
    summary: "a file of K=V lines that is read at each launch",
    completes: "files",
  },
];
