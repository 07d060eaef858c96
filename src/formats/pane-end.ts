// How a pane's process ended, as tmux tells when asked (lifecycle §5). It knows as soon as it has
// waited for the process, which may be long before the hook runs: a child that still holds the
// terminal keeps the pane from being called dead.

export const PANE_END_FORMAT = "#{pane_dead_status},#{pane_dead_signal}";

export interface PaneEnd {
  readonly exitCode?: number;
  readonly signal?: number;
}

/** Signal names as macOS's tmux gives them (sys_signame), with macOS's numbers. */
const SIGNALS: ReadonlyMap<string, number> = new Map([
  ["hup", 1],
  ["int", 2],
  ["quit", 3],
  ["ill", 4],
  ["trap", 5],
  ["abrt", 6],
  ["emt", 7],
  ["fpe", 8],
  ["kill", 9],
  ["bus", 10],
  ["segv", 11],
  ["sys", 12],
  ["pipe", 13],
  ["alrm", 14],
  ["term", 15],
  ["xcpu", 24],
  ["xfsz", 25],
  ["usr1", 30],
  ["usr2", 31],
]);

/** Empty when tmux does not know yet. */
export function parsePaneEnd(text: string): PaneEnd {
  const [status = "", signal = ""] = text.trim().split(",");
  if (/^\d{1,3}$/.test(status)) return { exitCode: Number(status) };
  const number = /^\d{1,3}$/.test(signal) ? Number(signal) : SIGNALS.get(signal);
  return number === undefined || number === 0 ? {} : { signal: number };
}
