// `start.json` (lifecycle §5): what was launched, and by whom it can be recognised.

import type { StartRecord } from "../core/generation.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import type { Result } from "../core/result.ts";
import type { WakeMode } from "../core/states.ts";
import { Fields, type Loose, oneOf, parseJsonObject, withoutUndefined } from "./fields.ts";
import { FILLED_TEXT, GENERATION, IDENTITY, PERSONALITY, RUNTIME } from "./name-checks.ts";

const MODE = oneOf<WakeMode>({ fresh: true, resume: true });

export function parseStartRecord(text: string): Result<StartRecord> {
  const source = parseJsonObject(text);
  if (!source.ok) return source;
  const fields = new Fields(source.value);
  const record = withoutUndefined<StartRecord>({
    version: fields.version(1),
    identity: fields.text("identity", IDENTITY),
    generation: fields.text("generation", GENERATION),
    personality: fields.text("personality", PERSONALITY),
    runtime: fields.text("runtime", RUNTIME),
    cwd: fields.text("cwd", FILLED_TEXT),
    argv: fields.list("argv", (item, key) => fields.textAt(key, item)),
    mode: fields.text("mode", MODE),
    cause: fields.text("cause"),
    startedWall: fields.wall("startedWall"),
    bootId: fields.text("bootId"),
    socket: fields.text("socket", FILLED_TEXT),
    server: fields.objectIf("server", processOf),
    pane: fields.objectIf("pane", processOf),
  });
  if (record.identity !== `${record.runtime}-${record.personality}`) {
    fields.reject("identity", `"${record.identity}" is not its runtime and personality`);
  }
  return fields.done(record);
}

/** One line of JSON. */
export function renderStartRecord(record: StartRecord): string {
  const ordered: Loose<StartRecord> = {
    version: 1,
    identity: record.identity,
    generation: record.generation,
    personality: record.personality,
    runtime: record.runtime,
    cwd: record.cwd,
    argv: record.argv,
    mode: record.mode,
    cause: record.cause,
    startedWall: record.startedWall,
    bootId: record.bootId,
    socket: record.socket,
    server: record.server,
    pane: record.pane,
  };
  return `${JSON.stringify(ordered)}\n`;
}

/** pid 0 and 1 are never a session's: a signal to 0 would reach our own process group. */
const processOf = (fields: Fields): ProcessRef => ({
  pid: fields.whole("pid", 2),
  start: fields.text("start", FILLED_TEXT),
});
