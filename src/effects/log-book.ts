// LogBook: one line an event, rotated by size, shared with other processes (lifecycle §8,
// ports/log-book.ts). A failure to write fails nothing: `trouble` tells of it.

import { dirname } from "node:path";

import type { Config, LogLimits } from "../core/config.ts";
import type { Layout } from "../core/layout.ts";
import type { LogName } from "../core/log-event.ts";
import { renderLine } from "../formats/logfmt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { LogBook } from "../ports/log-book.ts";
import { codeOf, failure } from "./files-errors.ts";
import { appendLine } from "./log-file.ts";

export interface LogBookOptions {
  readonly config: Pick<Config, "lifecycleLog" | "exitsLog" | "deliveryLog">;
  readonly layout: Pick<Layout, "lifecycleLog" | "exitsLog" | "deliveryLog">;
  readonly clock: Pick<Clock, "wall">;
  readonly files: Pick<Files, "makeFolder">;
}

export function createLogBook(options: LogBookOptions): LogBook {
  const troubles = new Map<LogName, string>();
  return {
    write: (log, event) => {
      troubles.delete(log);
      try {
        const line = renderLine({ ...event, wall: options.clock.wall() });
        write(placeOf(log, options), line, options.files);
      } catch (error) {
        troubles.set(log, `${log}.log: ${failure(error).detail}`);
      }
    },
    // The latest is told first: a Map keeps the order in which its keys were set.
    trouble: () => [...troubles.values()].at(-1) ?? null,
  };
}

interface Place {
  readonly path: string;
  readonly limits: LogLimits;
}

function placeOf(log: LogName, { config, layout }: LogBookOptions): Place {
  switch (log) {
    case "lifecycle":
      return { path: layout.lifecycleLog, limits: config.lifecycleLog };
    case "exits":
      return { path: layout.exitsLog, limits: config.exitsLog };
    case "delivery":
      return { path: layout.deliveryLog, limits: config.deliveryLog };
  }
}

function write({ path, limits }: Place, line: string, files: LogBookOptions["files"]): void {
  try {
    appendLine(path, line, limits);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    files.makeFolder(dirname(path));
    appendLine(path, line, limits);
  }
}
