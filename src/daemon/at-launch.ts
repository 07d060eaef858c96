// Of a life that was over before it was ready: how it ended, by its record, and where there is
// something to see of it. Whoever launched it wants to know both at once.

import type { Live } from "./live.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import { readEnd } from "../flows/session/records.ts";
import type { Host } from "../ports/host.ts";
import { endedUnready } from "../rules/explain-end.ts";
import { commandFor, whoseOf } from "../rules/presence-command.ts";

/** Its witness takes a moment to record it, which is worth waiting for; no longer than this. */
const RECORD_MS = 1000;
const POLL_MS = 20;

export async function endedAtLaunch(host: Host, start: StartRecord): Promise<string> {
  return endedUnready(await endOf(host, start));
}

async function endOf(host: Host, start: StartRecord): Promise<EndRecord | null> {
  const until = host.clock.mono() + RECORD_MS;
  for (;;) {
    const read = readEnd(host, start);
    if (read.state === "recorded") return read.end;
    if (read.state !== "none" || host.clock.mono() >= until) return null;
    await host.clock.sleep(POLL_MS);
  }
}

/** Its log, if this life has printed anything; else only `why` has something to say. */
export function lookAtEnded(host: Host, live: Live, { startedWall }: StartRecord): string {
  const log = host.files.stat(host.layout.paneLog(live.identity));
  const isPrinted = log.state === "ok" && log.size > 0 && log.mtimeMs >= startedWall;
  return isPrinted
    ? commandFor("logs", whoseOf(live, live.presence))
    : `iapeer why ${live.personality}`;
}
