// Port: the logs of lifecycle §8, written so that an unwritable log never fails its caller.

import type { LogEvent, LogName } from "../core/log-event.ts";

/** Appends events to the logs of lifecycle §8. A log that cannot be written fails nothing. */
export interface LogBook {
  write(log: LogName, event: LogEvent): void;
  /** The latest failure to write, if the newest write failed; shown by status and doctor. */
  trouble(): string | null;
}
