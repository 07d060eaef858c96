// `iapeer daemon run`: supervises this root in the foreground until asked to stop.

import type { VerbContext, VerbExit } from "../context.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output, terminal } = context;
  const app = await context.app();
  const code = await app.runDaemon({
    signal: terminal.interrupted,
    onReady: () => output.note(`supervising ${app.config.root}; Ctrl-C ends it, peers live on`),
  });
  return code === 0 ? 0 : 1;
}
