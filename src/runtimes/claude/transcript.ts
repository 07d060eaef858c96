// One transcript of claude: whose folder it is about, and whether anything was said in it.

import { asObject, type JsonObject, parseLines } from "../json-lines.ts";
import type { Files } from "../../ports/files.ts";

const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 512 * 1024;
const TURN_TAIL_BYTES = 128 * 1024;

export interface Transcript {
  /** The folder that it was begun in; null when no line says so yet. */
  readonly cwd: string | null;
  /** The agent answered at least once, and not with a refusal of its API. */
  readonly answered: boolean;
}

/** The first and the last part of a file tell: one may be a hundred megabytes long. */
export function readTranscript(files: Files, path: string): Transcript | null {
  const head = files.readHead(path, HEAD_BYTES);
  if (head.state !== "ok") return null;
  const first = parseLines(head.text);
  const cwd = first.find((line) => typeof line["cwd"] === "string")?.["cwd"];
  if (typeof cwd !== "string") return { cwd: null, answered: false };
  if (first.some(isAnswer)) return { cwd, answered: true };
  const tail = files.readTail(path, TAIL_BYTES);
  return { cwd, answered: tail.state === "ok" && parseLines(tail.text).some(isAnswer) };
}

function isAnswer(line: JsonObject): boolean {
  if (line["type"] !== "assistant" || line["isSidechain"] === true) return false;
  if (line["isApiErrorMessage"] === true) return false;
  return asObject(line["message"])?.["model"] !== "<synthetic>";
}

/** Id of the newest line that began a turn; null when none is near the end. */
export function newestTurn(files: Files, path: string): string | null {
  const tail = files.readTail(path, TURN_TAIL_BYTES);
  const line = tail.state === "ok" ? parseLines(tail.text).findLast(isTurn) : undefined;
  const id = line?.["uuid"];
  return typeof id === "string" ? id : null;
}

/** What was typed, and not what claude notes for itself or reports from a tool. */
function isTurn(line: JsonObject): boolean {
  if (line["type"] !== "user" || line["isSidechain"] === true || line["isMeta"] === true) {
    return false;
  }
  return line["toolUseResult"] === undefined;
}
