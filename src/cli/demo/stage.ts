// What the demonstration looks like: a story line by line, and below it, on a terminal, the live
// table of the fleet, drawn again in place.

import type { PeerRow } from "../../core/snapshot.ts";
import type { App } from "../app.ts";
import type { VerbContext } from "../context.ts";
import { renderFleet } from "../render/fleet.ts";
import { clipPainted } from "../render/text.ts";

const EVERY_MS = 250;
const READING_MS = 2500;
const CLEAR_BELOW = "\u001b[J";
const up = (lines: number): string => (lines === 0 ? "" : `\u001b[${lines}A\r`);

/** The table below the story. A line that went on below another would be erased in part only. */
export const indented = (table: readonly string[], columns: number): readonly string[] => [
  "",
  ...table.map((line) => clipPainted(`    ${line}`, columns)),
];

export class Stage {
  readonly #context: VerbContext;
  readonly #app: App;
  #drawn = 0;
  #peers: readonly PeerRow[] = [];
  readonly #closed = new AbortController();
  readonly #drawing: Promise<void>;

  constructor(context: VerbContext, app: App) {
    this.#context = context;
    this.#app = app;
    this.#drawing = context.terminal.isTty ? this.#drawForEver() : Promise.resolve();
  }

  heading(text: string): void {
    this.#say(`\n${this.#context.output.paint("bold", text)}`);
  }

  say(text: string): void {
    this.#say(`  ${text}`);
  }

  /** The end of a scene: time to read it, or, off a terminal, the table itself. */
  async table(): Promise<void> {
    const { terminal } = this.#context;
    if (terminal.isTty) return this.#app.host.clock.sleep(READING_MS, terminal.interrupted);
    await this.#look();
    for (const line of this.#table()) this.#say(`    ${line}`);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#drawing;
    this.#erase();
  }

  #say(text: string): void {
    this.#erase();
    this.#context.terminal.out(`${text}\n`);
    this.#draw();
  }

  async #drawForEver(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      await this.#look();
      this.#erase();
      this.#draw();
      await this.#app.host.clock.sleep(EVERY_MS, this.#closed.signal);
    }
  }

  async #look(): Promise<void> {
    const reached = await this.#app.client.snapshot();
    if (reached.state === "answered") this.#peers = reached.value.peers;
  }

  #table(): readonly string[] {
    const { output, terminal } = this.#context;
    return renderFleet({
      peers: this.#peers,
      now: this.#app.host.clock.wall(),
      paint: output.paint,
      ...(terminal.isTty ? { columnsMax: terminal.columns - 4 } : {}),
    });
  }

  #draw(): void {
    if (!this.#context.terminal.isTty || this.#peers.length === 0) return;
    const lines = indented(this.#table(), this.#context.terminal.columns);
    this.#context.terminal.out(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#context.terminal.out(`${up(this.#drawn)}${CLEAR_BELOW}`);
    this.#drawn = 0;
  }
}
