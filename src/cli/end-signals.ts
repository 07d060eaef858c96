// Signals that ask this process to end, as something that can be awaited.

export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/**
 * The first one calls `ask`; a second one ends the process as if nobody listened. Up to then the
 * listener stays: a library that cleans up at a signal goes on to end a process in which its own
 * listener is the only one.
 */
export function onEndSignal(signal: EndSignal, ask: () => void): void {
  let isAsked = false;
  const listener = () => {
    if (!isAsked) {
      isAsked = true;
      return ask();
    }
    process.off(signal, listener);
    process.kill(process.pid, signal);
  };
  process.on(signal, listener);
}
