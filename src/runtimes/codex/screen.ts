// What codex's screen shows. Its prompt is the lowest row that begins with `›`; a menu uses the
// same glyph, but numbers its options and says underneath which key answers.

import type { Screen } from "../../ports/runtime.ts";
import { answer, type KnownDialog, type Menu, parseMenu } from "../menu.ts";
import { screenRows } from "../screen-rows.ts";

const WORKING = /^\s*[•◦] .*\besc to interrupt\)/;
const HINT = /\b(press enter|enter to|esc to|to confirm|to continue|to select)\b/i;
/** Rows that the prompt's own footer may take. */
const FOOTER_ROWS_MAX = 14;

/** First-run questions with one safe answer: the operator chose to run this peer unattended. */
const ANSWERS: readonly KnownDialog[] = [
  {
    name: "folder-trust",
    shows: /Do you trust the contents of this directory|allow Codex to work in this folder/i,
    take: /^Yes\b/,
  },
  // An update would end the session that is about to begin.
  { name: "update", shows: /Update available/, take: /^Skip$/ },
];

const QUESTIONS: readonly Omit<KnownDialog, "take">[] = [
  { name: "login", shows: /Sign in with ChatGPT|Provide your own API key/ },
  { name: "hooks", shows: /hooks? (need|review)/i },
];

export function readScreen(text: string): Screen {
  const rows = screenRows(text);
  const prompt = rows.findLastIndex((row) => /^\s{0,2}[›>] \S/.test(row) || /^›\s*$/.test(row));
  if (prompt === -1) return { shows: "wait" };
  const menu = parseMenu(rows, "›");
  const below = rows.slice(prompt + 1);
  if (menu !== null && isMenu(rows, menu)) return dialog(rows, menu);
  if (below.length > FOOTER_ROWS_MAX || !(rows[prompt] ?? "").startsWith("›")) {
    return { shows: "wait" };
  }
  if (rows.slice(Math.max(0, prompt - 12), prompt).some((row) => WORKING.test(row))) {
    return { shows: "busy" };
  }
  return { shows: below.some((row) => row.trim() !== "") ? "ready" : "wait" };
}

/** A menu that waits for a key numbers its options and has a hint underneath. */
function isMenu(rows: readonly string[], menu: Menu): boolean {
  const numbered = /^\s*›\s+\d+\./.test(rows[menu.row] ?? "");
  return numbered && HINT.test(rows.slice(menu.row + 1).join("\n"));
}

function dialog(rows: readonly string[], menu: Menu): Screen {
  const text = rows.join("\n");
  const known = ANSWERS.find((candidate) => candidate.shows.test(text));
  if (known !== undefined) {
    return { shows: "dialog", name: known.name, keys: answer(menu, known.take) };
  }
  const question = QUESTIONS.find((candidate) => candidate.shows.test(text));
  return { shows: "dialog", name: question?.name ?? "question", keys: null };
}
