// What claude's screen shows. Its own rows are at the bottom: whatever a conversation printed
// above them is never taken for a dialog or a prompt.

import type { Screen } from "../../ports/runtime.ts";
import { answer, type KnownDialog, type Menu, parseMenu } from "../menu.ts";
import { screenRows } from "../screen-rows.ts";
import { solidText } from "../styled.ts";

const COMPOSER_ROWS_MAX = 40;
const RULE = /^─{10}/;
/**
 * An agent may begin to plan by itself, whatever it may do otherwise. For some seconds after a long
 * paste a hint about it stands where the mode does otherwise.
 */
const FREE = /(bypass permissions|plan mode) on|^\s*paste again to expand\b/m;
/** What is typed is looked for in what was said before, and Enter sends that again. */
const SEARCH = /^\s*(search prompts|no matching prompts?):/m;
const SPINNER = /^[·✢✳✶✻✽*] .*(…|· Retrying in \d)/;

/** First-run questions with one safe answer: the operator chose to run this peer unattended. */
const ANSWERS: readonly KnownDialog[] = [
  { name: "bypass-permissions", shows: /Bypass Permissions mode/, take: /^Yes, I accept/ },
  {
    name: "folder-trust",
    shows: /Accessing workspace|trust the files in this folder|Is this a project you/,
    take: /^Yes, (I trust|proceed)/,
  },
  { name: "theme", shows: /Choose the text style/, take: /^Dark mode/, accept: true },
  { name: "terminal-setup", shows: /terminal setup/i, take: /^No, maybe later/ },
  // A conversation is resumed whole: a summary would lose what was agreed.
  { name: "resume-size", shows: /Resume from summary/, take: /^Resume full session/ },
];

/** Known, but with an answer that only a person can give. */
const QUESTIONS: readonly Omit<KnownDialog, "take">[] = [
  { name: "api-key", shows: /Detected a custom API key/ },
  { name: "login", shows: /Select login method/ },
  { name: "mcp-server", shows: /MCP servers? found in/ },
];

const NO_CONNECTION = /^\s*Unable to connect to Anthropic services/;
const GO_ON = /^\s*Press Enter to continue/;

export function readScreen(text: string): Screen {
  const rows = screenRows(text);
  const composer = findComposer(rows);
  if (composer !== null) return withComposer(rows, composer);
  const menu = parseMenu(rows, "❯");
  if (menu !== null && hasHint(rows, menu)) return dialog(rows, menu);
  return notice(rows);
}

/** What was typed at the prompt. */
export function draftOf(styled: string): string {
  const rows = screenRows(solidText(styled));
  const composer = findComposer(rows);
  if (composer === null) return "";
  return rows.slice(composer.top + 1, composer.bottom).join("\n").slice(1).trim();
}

interface Composer {
  readonly top: number;
  readonly bottom: number;
}

/** The prompt between the two lowest rules. */
function findComposer(rows: readonly string[]): Composer | null {
  const bottom = rows.findLastIndex((row) => RULE.test(row));
  const from = Math.max(0, bottom - COMPOSER_ROWS_MAX);
  const top = rows.slice(from, Math.max(0, bottom)).findLastIndex((row) => RULE.test(row));
  if (top === -1) return null;
  const prompt = rows[from + top + 1] ?? "";
  return /^❯(\s|$)/.test(prompt) ? { top: from + top, bottom } : null;
}

function withComposer(rows: readonly string[], composer: Composer): Screen {
  const footer = rows.slice(composer.bottom + 1).join("\n");
  // What belongs to the spinner stands under it, deeper: tips, tasks, and what waits to be sent.
  const above = rows.slice(0, composer.top).findLast((row) => /^\S/.test(row)) ?? "";
  if (/\besc to interrupt\b/.test(footer) || SPINNER.test(above)) return { shows: "busy" };
  return { shows: FREE.test(footer) && !SEARCH.test(footer) ? "ready" : "wait" };
}

/** A menu that waits for a key says so underneath; a numbered list in an answer does not. */
function hasHint(rows: readonly string[], menu: Menu): boolean {
  const below = rows.slice(menu.row + 1).join("\n");
  return /\b(Enter to|Esc to|to select|to navigate|ctrl\+)/i.test(below);
}

function dialog(rows: readonly string[], menu: Menu): Screen {
  const start = rows.findLastIndex((row, at) => at < menu.row && RULE.test(row));
  const text = rows.slice(start + 1).join("\n");
  const known = ANSWERS.find((candidate) => candidate.shows.test(text));
  if (known !== undefined) {
    return { shows: "dialog", name: known.name, keys: answer(menu, known) };
  }
  const question = QUESTIONS.find((candidate) => candidate.shows.test(text));
  return { shows: "dialog", name: question?.name ?? "question", keys: null };
}

/** Only the lowest row is claude's own for certain: above it may be what an agent wrote. */
function notice(rows: readonly string[]): Screen {
  if (GO_ON.test(rows.at(-1) ?? "")) {
    return { shows: "dialog", name: "security-notes", keys: ["Enter"] };
  }
  if (!rows.some((row) => NO_CONNECTION.test(row))) return { shows: "wait" };
  return { shows: "dialog", name: "no-connection", keys: null };
}
