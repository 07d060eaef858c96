// Starts a session as the daemon does, and is killed as soon as its canary has a pid.

import type { Identity } from "../../../src/core/names.ts";
import { env, tmux } from "../host-under-test.ts";

const [, , , socket = "", identity = "", conf = "", canaryScript = "", cwd = ""] = process.argv;

await tmux.newSession({
  socket,
  identity: identity as Identity,
  conf,
  cwd,
  argv: ["/bin/cat"],
  env,
  canaryScript,
  timeoutMs: 10_000,
  onClient: () => void process.kill(process.pid, "SIGKILL"),
});
