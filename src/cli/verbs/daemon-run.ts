// `iapeer daemon run`: supervises this root in the foreground until asked to stop. Under a service
// manager it notes how its starts go, and waits when too many of them have failed.

import { noteStart, STEADY_MS, waitHeldBack } from "../../flows/service/daemon-starts.ts";
import { settleStart } from "../../flows/service/owed-start.ts";
import { IapeerError } from "../../core/error.ts";
import type { App } from "../app.ts";
import type { VerbContext, VerbExit } from "../context.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const app = await context.app();
  if (context.args.has("held")) return runHeld(context, app);
  // Whoever has it in a terminal sees to it, and ends it on purpose.
  return runNow(context, app, () => settleStart(app.host));
}

async function runNow(context: VerbContext, app: App, onReady?: () => void): Promise<VerbExit> {
  const { output, terminal } = context;
  const code = await app.runDaemon({
    signal: terminal.interrupted,
    onReady: () => {
      output.note(`supervising ${app.config.root}; Ctrl-C ends it, peers live on`);
      onReady?.();
    },
  });
  return code === 0 ? 0 : 1;
}

async function runHeld(context: VerbContext, app: App): Promise<VerbExit> {
  const { host } = app;
  const { interrupted } = context.terminal;
  await waitHeldBack(host, interrupted);
  if (interrupted.aborted) return 0;
  const note = noteStart(host);
  let cancel = (): void => undefined;
  try {
    const exit = await runNow(context, app, () => {
      tellManager(context, app);
      cancel = host.clock.after(STEADY_MS, () => note.steady());
    });
    note.ended({ asked: exit === 0 });
    return exit;
  } catch (thrown) {
    note.ended({ asked: false, reason: saidBy(thrown) });
    throw thrown;
  } finally {
    cancel();
  }
}

const saidBy = (thrown: unknown): string => {
  if (thrown instanceof IapeerError) return `${thrown.what}: ${thrown.why ?? thrown.code}`;
  return thrown instanceof Error ? thrown.message : String(thrown);
};

/** systemd waits for no answer, and shows what it was told. */
function tellManager({ env }: VerbContext, { host, config }: App): void {
  const socket = env["NOTIFY_SOCKET"];
  if (socket === undefined) return;
  const argv = ["systemd-notify", "--ready", `--status=supervising ${config.root}`];
  void host.exec.run({ argv, env: { ...host.facts.env, NOTIFY_SOCKET: socket }, timeoutMs: 5000 });
}
