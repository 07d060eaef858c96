// Handing the terminal over to a session: tmux's own client, on the session's own socket.

import { IapeerError } from "../core/error.ts";
import type { GenerationId, Identity, Personality } from "../core/names.ts";
import type { RegistryEntry } from "../core/profile.ts";
import { isDeliberate, type EndRecord, type StartRecord } from "../core/generation.ts";
import { readEnd, readStart } from "../flows/session/records.ts";
import { usableTmux } from "../flows/usable-tmux.ts";
import type { Host } from "../ports/host.ts";
import { endInWords } from "./render/ends.ts";
import { usage } from "./args.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { commandAbout } from "./look.ts";

/** Fails before anything is woken when there is no terminal to hand over. */
export function needTerminal(context: VerbContext, personality: Personality): void {
  const { env, spec, terminal } = context;
  if (!terminal.isTty || !terminal.isInTty) {
    const next = `iapeer logs ${personality} shows what it printed`;
    throw usage(`${spec.name} needs a terminal`, next);
  }
  const term = env["TERM"] ?? "";
  if (term !== "" && term !== "dumb") return;
  const what = term === "" ? "TERM is not set" : `TERM is ${term}`;
  const needs = `${spec.name} needs a terminal that can be drawn on`;
  throw usage(`${needs}, and ${what}`, `if it can: ${withTerm(personality)}`);
}

const withTerm = (personality: Personality): string =>
  `TERM=xterm-256color iapeer attach ${personality}`;

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
  await mustAnswer(host, start, peer);
  const { tmuxPath } = host.config;
  const target = ["attach-session", "-t", `=${session.identity}`];
  const argv = [tmuxPath, "-u", "-S", start.socket, ...target];
  const code = await context.terminal.handOver(argv);
  if (code === null) throw noTmux(tmuxPath);
  const end = await endOf(host, start, code);
  if (end !== null) {
    const why = `iapeer why ${peer.personality}`;
    context.output.note(`${session.identity} has ended: ${endInWords(end)}; ${why} says more`);
  } else if (code !== 0) {
    // It has said why on this terminal: most often it does not know its TERM.
    const next = `if it spoke of the terminal: ${withTerm(peer.personality)}`;
    context.output.note(`tmux ended with exit code ${code}; ${next}`);
  }
  return code === 0 || (end !== null && isWell(end)) ? 0 : 1;
}

/** A client of a tmux that hangs would wait without a word, and take no Ctrl-C. */
async function mustAnswer(host: Host, start: StartRecord, peer: RegistryEntry): Promise<void> {
  const { socket, identity } = start;
  const asked = await host.tmux.query(socket, identity, "#{pid}");
  // Of one that is gone there is more to tell, by its record.
  if (asked.state !== "unknown") return;
  const usable = await usableTmux(host);
  if (!usable.ok) throw usable.error;
  throw new IapeerError({
    code: "attach-failed",
    what: `${identity} cannot be attached to`,
    why: asked.detail,
    next: `iapeer why ${peer.personality}`,
  });
}

/** What it was attached to came to its end as it should: by itself without a fault, or meant. */
const isWell = (end: EndRecord): boolean =>
  isDeliberate(end) || (end.ev === "session-exit" && end.deadStatus === 0);

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
