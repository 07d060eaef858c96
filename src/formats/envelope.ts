// What the recipient of a message sees: one block naming sender identity, intelligence, topic,
// message id and time, then the body (messaging contract). The body is data and stays inside.

import type { WallMs } from "../core/brand.ts";
import type { Intelligence } from "../core/names.ts";
import { err, ok, type Result } from "../core/result.ts";
import { renderInstant } from "./instant.ts";
import { characters } from "./profile-fields.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

export const BODY_MAX = 16_000;
export const TOPIC_MAX = 200;

export interface Message {
  /** Sender's identity, or `operator`; it comes from the daemon, never from the sender. */
  readonly from: string;
  readonly intelligence: Intelligence;
  readonly topic: string | null;
  readonly id: string;
  readonly wall: WallMs;
  readonly body: string;
}

export interface CheckedMessage {
  readonly body: string;
  /** Trimmed; null when there is none. */
  readonly topic: string | null;
}

const TAG = "iapeer-message";

/** Over a limit, a clear error: nothing is ever truncated. Limits count characters, not bytes. */
export function checkMessage(body: string, topic?: string | null): Result<CheckedMessage> {
  if (body.trim() === "") return err("the message is empty");
  const subject = topic?.trim() ?? "";
  const over =
    overLimit("the message", body, BODY_MAX) ?? overLimit("the topic", subject, TOPIC_MAX);
  if (over !== null) return err(over);
  return ok({ body, topic: subject === "" ? null : subject });
}

function overLimit(field: string, text: string, limit: number): string | null {
  const size = text.length <= limit ? 0 : characters(text);
  return size > limit ? `${field} has ${size} characters; at most ${limit} are allowed` : null;
}

/**
 * One block of text, to be pasted as it is. It starts with `<`, so no body is ever taken for a
 * TUI's own command, and only its first and last line can be read as an envelope.
 */
export function renderMessage(message: Message): string {
  const attributes = [
    ["from", message.from],
    ["intelligence", message.intelligence],
    ["topic", message.topic],
    ["id", message.id],
    ["time", renderInstant(message.wall)],
  ] as const;
  const shown = attributes
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value ?? "")}"`)
    .join("");
  return `<${TAG}${shown}>\n${disarm(visibleText(message.body))}\n</${TAG}>`;
}

const ENTITIES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);

const escapeAttribute = (text: string): string =>
  visibleLine(text).replaceAll(/[&<>"]/g, (character) => ENTITIES.get(character) ?? character);

/** `<` and the characters that look like it, with as much behind them as a forged tag needs. */
const OPENINGS = /[<\u2039\u276E\u2329\u27E8\u3008\uFE64\uFF1C]/g;

/** Cyrillic, Greek and other letters that look like those of the tag. */
const TWINS = new Map([
  ["\u0430", "a"],
  ["\u03B1", "a"],
  ["\u0435", "e"],
  ["\u0261", "g"],
  ["\u0131", "i"],
  ["\u0456", "i"],
  ["\u03B9", "i"],
  ["\u0440", "p"],
  ["\u03C1", "p"],
  ["\u0433", "r"],
  ["\u0455", "s"],
]);

/** The tag in any case, width, spacing and script, opening or closing. */
function disarm(body: string): string {
  return body.replaceAll(OPENINGS, (opening, at: number) => {
    const behind = body.slice(at + 1, at + 161).normalize("NFKD").toLowerCase();
    const letters = behind.replaceAll(/[^\p{L}\p{N}]/gu, "").replaceAll(/./gu, latinOf);
    return letters.startsWith("iapeermessage") ? "&lt;" : opening;
  });
}

const latinOf = (letter: string): string => TWINS.get(letter) ?? letter;
