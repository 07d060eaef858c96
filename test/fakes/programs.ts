// What runs in the panes of a fake host: a plain program that echoes, and an agent that boots,
// shows a dialog, takes turns, and keeps a conversation.

import type { Conversations } from "./runtime.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./time.ts";
import type { FakePane, PaneProgram } from "./tmux-host.ts";

export interface Behaviour {
  /** Until its screen shows that it is ready; infinite for one that hangs. */
  readonly bootMs: number;
  readonly dialog: boolean;
  /** Ends by itself after this long, with this status. */
  readonly exits: { readonly afterMs: number; readonly status: number } | null;
  /** Ignores every signal but KILL. */
  readonly stubborn: boolean;
  readonly turnMs: number;
}

export interface ProgramOptions {
  readonly time: VirtualTime;
  readonly table: ProcessTable;
  readonly random: Random;
  readonly conversations: Conversations;
  /** Appended to the pane's log, as the pipe of tmux.conf does. */
  readonly output: (pane: FakePane, text: string) => void;
  /** A turn is over. */
  readonly onReply?: (pane: FakePane, message: string) => void;
}

export class ProgramRun implements PaneProgram {
  private pane: FakePane | null = null;
  private state: "booting" | "dialog" | "ready" | "busy" = "booting";
  private composer = "";
  private said = 0;
  readonly received: string[] = [];

  constructor(
    private readonly options: ProgramOptions,
    private readonly behaviour: Behaviour,
  ) {}

  begin(pane: FakePane): void {
    this.pane = pane;
    const { time, table } = this.options;
    const { bootMs, dialog, exits } = this.behaviour;
    if (Number.isFinite(bootMs)) {
      const asks = dialog && pane.argv[0] === "agent";
      time.schedule(bootMs, () => this.become(asks ? "dialog" : "ready"));
    }
    if (exits === null) return;
    time.schedule(exits.afterMs, () => table.exit(pane.process, { code: exits.status }));
  }

  screen(): string {
    return `${this.state} ${this.said}\n> ${this.composer}`;
  }

  paste(text: string): void {
    if (this.state === "dialog") return;
    this.composer += text;
  }

  key(name: string): void {
    if (name !== "Enter" || this.pane === null) return;
    if (this.state === "dialog") this.become("ready");
    else if (this.composer !== "") this.turn(this.pane, this.composer);
  }

  signal(name: string): boolean {
    return this.behaviour.stubborn && name !== "KILL";
  }

  /** Works on without being asked, as long sessions do. */
  work(): void {
    if (this.pane !== null) this.say(this.pane, "working");
  }

  private turn(pane: FakePane, message: string): void {
    this.composer = "";
    this.received.push(message);
    this.become("busy");
    this.say(pane, message);
    this.options.time.schedule(this.behaviour.turnMs, () => {
      if (pane.process.state !== "running") return;
      this.become("ready");
      this.say(pane, "done");
      this.options.onReply?.(pane, message);
    });
  }

  private become(state: ProgramRun["state"]): void {
    if (this.pane?.process.state === "running") this.state = state;
  }

  private say(pane: FakePane, text: string): void {
    this.said += 1;
    this.options.output(pane, `${text}\n`);
    const [kind, mode, ref] = pane.argv;
    if (kind === "agent") this.remember(pane, { mode: mode ?? "", ref: ref ?? "", text });
  }

  private remember(pane: FakePane, turn: { mode: string; ref: string; text: string }): void {
    const { conversations, random, time } = this.options;
    const known = conversations.get(pane.cwd);
    // A fresh life begins another conversation with its first turn.
    if (known === undefined || (turn.mode === "fresh" && this.said === 1)) {
      const begun = { ref: random.hex(6), lastActiveWall: time.wall(), turns: [turn.text] };
      conversations.set(pane.cwd, begun);
      return;
    }
    known.lastActiveWall = Math.floor(time.wall());
    known.turns.push(turn.text);
  }
}
