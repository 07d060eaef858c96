// Long work shows that it goes on: a spinner on a terminal, one line elsewhere (CLI contract).

import { IapeerError } from "../core/error.ts";
import type { VerbContext } from "./context.ts";
import { visible } from "./render/text.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
/** Quick work shows nothing at all. */
const SHOWN_AFTER_MS = 300;

/** What a peer's terminal prints is kept: a line that changes would fill its log. */
export const isCounted = ({ env, terminal }: VerbContext): boolean =>
  terminal.isErrTty && (env["PEER_IDENTITY"] ?? "") === "";

/** Waits for `work` until Ctrl-C, which is told as a failure then, whatever becomes of the work. */
export async function untilInterrupted<T>(
  { terminal: { interrupted } }: VerbContext,
  work: Promise<T>,
  told: { readonly what: string; readonly why: string; readonly next: string },
): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new IapeerError({ code: "interrupted", ...told }));
  if (interrupted.aborted) stop();
  interrupted.addEventListener("abort", stop, { once: true });
  return Promise.race([work, stopped.promise]).finally(() =>
    interrupted.removeEventListener("abort", stop),
  );
}

/** Waits for `work`, showing `label` as it is then and the seconds when it takes long. */
export async function withProgress<T>(
  context: VerbContext,
  label: string | (() => string),
  work: Promise<T>,
): Promise<T> {
  const { output, terminal } = context;
  if (output.isQuiet) return work;
  const { clock } = (await context.app()).host;
  const shown = () => visible(typeof label === "string" ? label : label());
  const done = new AbortController();
  const spinning = isCounted(context) ? spin() : say();
  try {
    return await work;
  } finally {
    done.abort();
    await spinning;
  }

  async function say(): Promise<void> {
    await clock.sleep(SHOWN_AFTER_MS, done.signal);
    if (!done.signal.aborted) terminal.err(`${shown()}…\n`);
  }

  async function spin(): Promise<void> {
    const started = clock.mono();
    await clock.sleep(SHOWN_AFTER_MS, done.signal);
    for (let frame = 0; !done.signal.aborted; frame++) {
      const seconds = Math.floor((clock.mono() - started) / 1000);
      terminal.err(`\r${FRAMES[frame % FRAMES.length] ?? ""} ${shown()} ${seconds}s `);
      await clock.sleep(FRAME_MS, done.signal);
      if (done.signal.aborted) terminal.err("\r\u001b[K");
    }
  }
}
