// The file given to `tmux -f` (lifecycle §7): options and hooks have to exist before the first
// pane does, or the end of a process that exits at once is missed.

import type { GenerationId } from "../core/names.ts";
import { quoteSh } from "./sh-quote.ts";
import { OWN_PANE, quoteTmux } from "./tmux-quote.ts";
import type { WitnessTools } from "./witness-tools.ts";

export interface TmuxConfFacts {
  readonly generation: GenerationId;
  /** Appended to by one `cat`; created with mode 0600. Its folder must exist. */
  readonly paneLog: string;
  readonly hookScript: string;
  /** Holds the number of attached clients once there was one. */
  readonly attached: string;
  /** Holds who the server and the pane are, on Linux. */
  readonly pids: string;
  readonly tools: Pick<WitnessTools, "sh" | "cat" | "mv">;
}

const HISTORY_LINES = 5000;

/** Of a session that nobody is attached to. */
export const WINDOW_SIZE = ["-x", "220", "-y", "50"] as const;

/**
 * Commands for sh are kept in user options, and hooks name the option: what a format expands to
 * is not expanded again, so a path may hold `#{…}`, `#(…)` and `%H`.
 */
export function renderTmuxConf(facts: TmuxConfFacts): string {
  const { generation, tools } = facts;
  // Locale C spares the start of `cat` a search for message catalogues.
  const log = `LC_ALL=C exec ${quoteSh(tools.cat)} >> ${quoteSh(facts.paneLog)}`;
  const hook = `exec ${quoteSh(tools.sh)} ${quoteSh(facts.hookScript)}`;
  return `# One session of one generation; written by iapeer, read once at the start of its server.
set-option -g @iapeer_generation ${quoteTmux(generation)}
set-option -g @iapeer_pane_log ${quoteTmux(`umask 077; ${log}`)}
set-option -g @iapeer_pids ${quoteTmux(notePids(facts))}
set-option -g @iapeer_pane_died ${quoteTmux(hook)}
set-option -g @iapeer_attached ${quoteTmux(noteAttached(facts))}
set-option -g remain-on-exit on
set-option -g history-limit ${HISTORY_LINES}
set-option -g focus-events on
set-option -g status off
set-option -s escape-time 10
set-option -g default-terminal screen-256color
unbind-key -a -T prefix
bind-key -T prefix C-b send-prefix
bind-key -T prefix d detach-client
bind-key -T prefix [ copy-mode
bind-key -T prefix PPage copy-mode -u
${HOOKS}`;
}

/**
 * The log's writer keeps the pane's terminal open, so that tmux learns of the pane's end by
 * SIGCHLD and by nothing before it: tmux up to 3.3a, built with utempter, ignores that signal for
 * some milliseconds once it has seen the terminal close, and then pane-died never runs (fixed
 * upstream by a SIGCHLD to itself in server_destroy_pane). `command`: a terminal that is closed
 * already costs no log.
 */
const HOLD_TTY = 'command exec 3< "#{pane_tty}"';

/** The hook script's arguments; the second or the third is empty. */
const DIED = '"#{pid}" "#{pane_dead_status}" "#{pane_dead_signal}" "#{pane_id}"';

/** Who they are, for whoever finds the session when its launcher has died. */
const PIDS = '#{@iapeer_pids} "#{pid}" "#{pane_pid}"';

/**
 * In the sh that becomes the log's writer: no process more. Where there is no proc, nothing. A
 * later writer adds its note, for which there may be no room.
 */
function notePids({ pids }: TmuxConfFacts): string {
  const look = 'read -r p < "/proc/$2/stat"';
  const write = `printf '%s\\n' "$1" "$p" $$ >> ${quoteSh(pids)}`;
  return `umask 077; pids() { { ${look} && ${write}; } > /dev/null 2>&1; }; pids`;
}

/** The command of `pipe-pane`, when a session begins and whenever its log is opened anew. */
export const PANE_LOG_PIPE = `${HOLD_TTY}; ${PIDS}; #{@iapeer_pane_log}`;

const hookLine = (name: string, commands: readonly string[]): string =>
  `set-hook -g ${name} ${quoteTmux(commands.join(" ; "))}\n`;

const noteLine = `run-shell ${quoteTmux('#{@iapeer_attached} "#{session_attached}" || :')}`;

/**
 * Once: a peer may open further panes in its server, which are none of its own, and go when their
 * processes end. Until its own is there, nobody can be told apart.
 */
const TAKE_PANE = [
  `set-option -p -t ${OWN_PANE} remain-on-exit on`,
  "set-option -g remain-on-exit off",
  `pipe-pane -t ${OWN_PANE} ${quoteTmux(PANE_LOG_PIPE)}`,
].join(" ; ");

/**
 * A window keeps the size of the last terminal that was attached, and on a narrow one an agent
 * cuts off what tells that its prompt is free. Given a size, it follows no terminal any more,
 * unless that is taken back.
 */
const OWN_SIZE = [
  `resize-window -t ${OWN_PANE} ${WINDOW_SIZE.join(" ")}`,
  `set-option -w -u -t ${OWN_PANE} window-size`,
].join(" ; ");

/**
 * tmux 3.4 runs hooks with the user's shell, which may not be a POSIX one: /bin/sh is set once
 * the pane has been started, so that its own SHELL is the user's. The count is written by a
 * command that the hooks' queue waits for, so the latest count is written last.
 */
const HOOKS =
  hookLine("session-created", [
    "set-option -g default-shell /bin/sh",
    `if-shell -F -t ${OWN_PANE} "#{pane_pipe}" "" ${quoteTmux(TAKE_PANE)}`,
  ]) +
  hookLine("pane-died", [`run-shell -b ${quoteTmux(`#{@iapeer_pane_died} ${DIED}`)}`]) +
  hookLine("client-attached", [noteLine]) +
  hookLine("client-detached", [
    noteLine,
    `if-shell -F -t ${OWN_PANE} "#{session_attached}" "" ${quoteTmux(OWN_SIZE)}`,
  ]);

/** Ends silently whatever happens: tmux would show any output in the pane. */
function noteAttached({ attached, tools }: TmuxConfFacts): string {
  const temporary = quoteSh(`${attached}.new`);
  const move = `${quoteSh(tools.mv)} -f ${temporary} ${quoteSh(attached)}`;
  const write = `printf '%s\\n' "$1" > ${temporary} && ${move}`;
  return `umask 077; note() { { ${write}; } > /dev/null 2>&1; }; note`;
}
