// `iapeer daemon stop`: ends the daemon, and waits until it is gone; the sessions live on.

import { IapeerError } from "../../core/error.ts";
import type { App } from "../app.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";

const SCHEMA = "iapeer.daemon-stop.v1";
const GONE_WITHIN_MS = 15_000;
const POLL_MS = 20;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const app = await context.app();
  const stopped = await app.client.stop();
  switch (stopped.state) {
    case "answered": {
      const { pid } = stopped.value;
      const isGone = await withProgress(context, "daemon stop", gone(app, pid));
      output.json({ schema: SCHEMA, state: isGone ? "ended" : "ending", pid });
      const how = isGone ? "has ended" : "was asked to end, and has not yet";
      output.line(`the daemon (pid ${pid}) ${how}; sessions live on`);
      return isGone ? 0 : 1;
    }
    case "no-daemon":
      output.json({ schema: SCHEMA, state: "not-running" });
      output.line("the daemon was not running");
      return 0;
    case "unknown":
      throw new IapeerError({
        code: "daemon-unclear",
        what: "the daemon did not answer",
        why: stopped.why,
        next: commandLine(context, "daemon status"),
      });
  }
}

/** So that another daemon can be started as soon as this verb is done. */
async function gone({ host }: App, pid: number): Promise<boolean> {
  const process = host.processes.identify(pid);
  if (process === null) return true;
  if (process === "unknown") return false;
  const deadline = host.clock.mono() + GONE_WITHIN_MS;
  while (host.processes.liveness(process) !== "dead") {
    if (host.clock.mono() > deadline) return false;
    await host.clock.sleep(POLL_MS);
  }
  return true;
}
