// LogBook over Files (ports/log-book.ts): one appended line an event, no rotation.

import type { Layout } from "../../src/core/layout.ts";
import type { LogEvent, LogName } from "../../src/core/log-event.ts";
import { renderLine } from "../../src/formats/logfmt.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Files } from "../../src/ports/files.ts";
import type { LogBook } from "../../src/ports/log-book.ts";

export interface FakeLogBookOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly layout: Layout;
}

export class FakeLogBook implements LogBook {
  private failure: string | null = null;
  /** Told of every event, written or not. */
  onEvent: ((log: LogName, event: LogEvent) => void) | null = null;

  constructor(private readonly options: FakeLogBookOptions) {}

  write(log: LogName, event: LogEvent): void {
    const { files, clock, layout } = this.options;
    this.onEvent?.(log, event);
    const line = renderLine({ ...event, wall: clock.wall() });
    const path = `${layout.logsDir}/${log}.log`;
    const written = files.append(path, line);
    this.failure = written.state === "failed" ? written.detail : null;
  }

  trouble(): string | null {
    return this.failure;
  }
}
