// Asking for a life verb: the daemon does it, since it alone launches tmux servers; what needs
// no launch can be done here while no daemon runs.

import { IapeerError } from "../core/error.ts";
import type { Reached, VerbAnswer, VerbCall } from "../core/api.ts";
import type { App } from "./app.ts";
import type { VerbContext } from "./context.ts";
import { untilInterrupted, withProgress } from "./progress.ts";
import { quoted } from "./rooted.ts";

/** What to do when no daemon runs. */
export type Without = "do-it-here" | "refuse";

export async function ask(
  context: VerbContext,
  call: VerbCall,
  without: Without,
): Promise<VerbAnswer> {
  const asked = await askDaemon(context, call);
  if (asked.state !== "no-daemon") return answered(asked, context);
  if (without === "refuse") throw await noDaemon(context, asked.why);
  return doHere(context, call);
}

/** The same of the daemon alone, where the progress of many is shown as one. */
export const askOneOfMany = async (
  context: VerbContext,
  call: VerbCall,
): Promise<VerbAnswer> => answered(await interruptible(context, call), context);

const askDaemon = (context: VerbContext, call: VerbCall): Promise<Reached<VerbAnswer>> =>
  withProgress(context, doing(call), interruptible(context, call));

/** A daemon that comes up and is gone when it is asked, again and again, is not waited for. */
const TRIES_MAX = 3;

async function doHere(context: VerbContext, call: VerbCall): Promise<VerbAnswer> {
  const { direct } = await context.app();
  const what = `${doing(call)} was not done`;
  let why = "";
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const here = await withProgress(context, doing(call), direct.verb(call));
    switch (here.state) {
      case "answered":
        return here.value;
      case "interrupted":
        throw new IapeerError({
          code: "interrupted",
          what: `stopped waiting; ${what}`,
          why: "another process supervises this root",
          next: commandLine(context, "daemon status"),
        });
      case "busy":
        throw rootBusy(what, here.why);
      case "failed": {
        const next = commandLine(context, "doctor");
        throw new IapeerError({ code: "lease-failed", what, why: here.why, next });
      }
      case "answers": {
        const asked = await askDaemon(context, call);
        if (asked.state !== "no-daemon") return answered(asked, context);
        why = asked.why;
      }
    }
  }
  throw rootBusy(what, why);
}

const rootBusy = (what: string, why: string): IapeerError =>
  new IapeerError({
    code: "root-busy",
    what: `${what}: another process supervises this root`,
    why,
    next: "try again; if it stays so, that process hangs: end it",
  });

/** Who asks, for the records: a peer by its identity; nothing for a person at a terminal. */
export function asker({ env }: VerbContext): { readonly from?: string } {
  const from = env["PEER_IDENTITY"];
  return from === undefined || from === "" ? {} : { from };
}

/** By the word that a person types, where there is one. */
const doing = ({ verb, personality }: VerbCall): string =>
  verb === "folder-launch" ? `a fresh start of ${personality}` : `${verb} ${personality}`;

/** Ctrl-C ends the waiting, not the work. */
export async function interruptible(
  context: VerbContext,
  call: VerbCall,
): Promise<Reached<VerbAnswer>> {
  const app = await context.app();
  return untilInterrupted(context, app.client.verb(call), {
    what: `stopped waiting for ${doing(call)}`,
    why: "the daemon was asked, and goes on with it",
    next: `iapeer why ${call.personality}`,
  });
}

async function answered(
  reached: Reached<VerbAnswer>,
  context: VerbContext,
): Promise<VerbAnswer> {
  switch (reached.state) {
    case "answered":
      return reached.value;
    case "no-daemon":
      throw await noDaemon(context, reached.why);
    case "unknown":
      if (reached.isAsked === false) throw silent(context, reached);
      throw new IapeerError({
        code: "daemon-unclear",
        what: "the daemon did not say what came of it",
        why: reached.why,
        next: reached.next ?? commandLine(context, "daemon status"),
      });
  }
}

export function silent(context: VerbContext, { pid, why }: Silent): IapeerError {
  return new IapeerError({
    code: "daemon-silent",
    what: `${named(pid)} does not answer, so nothing was asked of it`,
    why,
    next: commandLine(context, "daemon restart"),
  });
}

type Silent = Pick<Extract<Reached<never>, { state: "unknown" }>, "pid" | "why">;

export const named = (pid: number | undefined): string =>
  pid === undefined ? "the daemon" : `the daemon (pid ${pid})`;

async function noDaemon(context: VerbContext, why: string): Promise<IapeerError> {
  const { services } = await context.app();
  const attach = context.spec.name === "attach" ? "; attach works without it for alive peers" : "";
  return new IapeerError({
    code: "no-daemon",
    what: "the daemon is not running, and only it launches sessions",
    why,
    next: `${startNext(context, services)}${attach}`,
  });
}

/**
 * What to type where no daemon runs. Where an install has said who holds it, also nobody, it is
 * not run in a terminal.
 */
export function startNext(context: VerbContext, services: Recorded): string {
  const { recorded } = services;
  const start = commandLine(context, "daemon start");
  if (lacksHolder(services)) {
    const over = commandLine(context, "daemon install --manager embedded");
    return `${recorded} is recorded to hold it, and does not run here: ${over}`;
  }
  if (recorded !== null) return `start it: ${start}`;
  const inTerminal = `or in a terminal of its own: ${commandLine(context, "daemon run")}`;
  return `start it in the background: ${start}; ${inTerminal}`;
}

type Recorded = Pick<App["services"], "recorded" | "named">;

/** What is recorded to hold the daemon can hold nothing here. */
export const lacksHolder = ({ recorded, named }: Recorded): boolean =>
  recorded !== null && !named(recorded).isThere();

/** A command to type next, for the same root. */
export function commandLine(context: VerbContext, rest: string): string {
  const root = context.args.text("root");
  return root === undefined ? `iapeer ${rest}` : `iapeer --root ${quoted(root)} ${rest}`;
}
