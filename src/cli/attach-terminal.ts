// Handing the terminal over to a session: tmux's own client, on the session's own socket.

import { IapeerError } from "../core/error.ts";
import type { GenerationId, Identity, Personality } from "../core/names.ts";
import type { RegistryEntry } from "../core/profile.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import { readEnd, readStart } from "../flows/session/records.ts";
import type { Host } from "../ports/host.ts";
import { endInWords } from "./render/ends.ts";
import { usage } from "./args.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { commandAbout } from "./look.ts";

/** Fails before anything is woken when there is no terminal to hand over. */
export function needTerminal({ terminal, spec }: VerbContext, personality: Personality): void {
  if (terminal.isTty && terminal.isInTty) return;
  throw usage(`${spec.name} needs a terminal`, `iapeer logs ${personality} shows what it printed`);
}

/** Returns when the person has detached, or the session has ended, which it says. */
export async function attachTo(
  context: VerbContext,
  peer: RegistryEntry,
  session: { readonly identity: Identity; readonly generation: GenerationId },
): Promise<VerbExit> {
  const { host } = await context.app();
  const start = readStart(host, session);
  if (start === null) {
    throw new IapeerError({
      code: "no-start-record",
      what: `the socket of ${session.identity} is not known`,
      why: `${host.layout.generation(session.identity, session.generation).start} is unreadable`,
      next: commandAbout("new", peer, session.identity),
    });
  }
  const { tmuxPath } = host.config;
  const target = ["attach-session", "-t", `=${session.identity}`];
  const argv = [tmuxPath, "-u", "-S", start.socket, ...target];
  const code = await context.terminal.handOver(argv);
  if (code === null) throw noTmux(tmuxPath);
  const end = await endOf(host, start, code);
  if (end !== null) {
    const why = `iapeer why ${peer.personality}`;
    context.output.note(`${session.identity} has ended: ${endInWords(end)}; ${why} says more`);
  }
  return code === 0 ? 0 : 1;
}

/** A canary needs some milliseconds to say how its server died. */
const RECORD_WAIT_MS = 500;
const LOOK_MS = 10;

/**
 * Null: it goes on, or nobody has said yet how it ended. A killed server lets go of its clients a
 * moment before it is dead; one that they have left by themselves has either a record or a life.
 */
async function endOf(host: Host, start: StartRecord, code: number): Promise<EndRecord | null> {
  const until = host.clock.mono() + (code === 0 ? 0 : RECORD_WAIT_MS);
  for (;;) {
    const read = readEnd(host, start);
    if (read.state === "recorded") return read.end;
    if (host.clock.mono() >= until) return null;
    await host.clock.sleep(LOOK_MS);
  }
}

const noTmux = (tmuxPath: string): IapeerError =>
  new IapeerError({
    code: "tmux-missing",
    what: "tmux cannot be started",
    why: `${tmuxPath} is not there, or cannot be run`,
    next: "install tmux 3.2 or newer, or name it by IAPEER_TMUX",
  });
