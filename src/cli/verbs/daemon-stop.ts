// `iapeer daemon stop`: ends the daemon; the sessions live on.

import { IapeerError } from "../../core/error.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";

const SCHEMA = "iapeer.daemon-stop.v1";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const { client } = await context.app();
  const stopped = await client.stop();
  switch (stopped.state) {
    case "answered":
      output.json({ schema: SCHEMA, state: "stopping", pid: stopped.value.pid });
      output.line(`the daemon (pid ${stopped.value.pid}) is ending; sessions live on`);
      return 0;
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
