// What codex's screen shows. Its prompt is the lowest row that begins with `›`; a menu uses the
// same glyph, but numbers its options and says underneath which key answers.

import type { Screen } from "../../ports/runtime.ts";
import { answer, type KnownDialog, type Menu, parseMenu } from "../menu.ts";
import { screenRows } from "../screen-rows.ts";
import { plainText, solidText } from "../styled.ts";

const WORKING = /^\s*[•◦] .*\besc to interrupt\)/;
/** Under its name at the top, until it takes input. */
const LOADING = /^\s+(loading|Resuming session…)$/;
const NAME = /^\s+>_ OpenAI Codex\b/;
/** Nothing, or the picture that it draws at its start. */
const BLANK = /^[\s⠀-⣿]*$/;
const PROMPT = /^›(\s|$)/;
/** Below it: what is typed goes to a shell, or is looked for in what was said before. */
const ELSEWHERE = /^!(\s|$)|^\s*reverse-i-search:/;
/** Under the prompt once it has started: `gpt-5 default · ~/peer`. */
const STATUS_LINE = /^\s+(?!Waiting for startup).* · /;
/** Which key answers: `Press enter to continue`, or since 0.169 `enter continue · esc skip`. */
const HINT = /\b(enter|esc) (to )?[a-z]/i;
/** Under a list that a person has opened, in which nothing is numbered. */
const LIST_HINT = /^\s*(enter|space|left\/right)\b.* · esc [a-z]/;
/** Rows that a prompt with its draft and footer may take. */
const PROMPT_ROWS_MAX = 30;
/** Rows above the prompt that say what is going on. */
const STATUS_ROWS_MAX = 8;

/** First-run questions with one safe answer: the operator chose to run this peer unattended. */
const ANSWERS: readonly KnownDialog[] = [
  {
    name: "folder-trust",
    shows: /Trust this folder\?|trust the contents of this dir|allow Codex to work in this folder/i,
    take: /^(Trust and continue$|Yes, (continue|allow Codex))/,
  },
  // An update would end the session that is about to begin.
  { name: "update", shows: /Update available/, take: /^Skip$/ },
  // Which model it is to be is the operator's choice.
  { name: "rate-limits", shows: /^\s*Approaching rate limits$/m, take: /^Keep current model$/ },
];

const QUESTIONS: readonly Omit<KnownDialog, "take">[] = [
  { name: "login", shows: /Sign in with ChatGPT|Provide your own API key/ },
  { name: "hooks", shows: /^\s*Hooks need review$/m },
  { name: "model", shows: /^\s*Select Model and Effort$/m },
];

export function readScreen(text: string): Screen {
  const rows = screenRows(text);
  const menu = parseMenu(rows, "›");
  if (menu !== null && isMenu(rows, menu)) return dialog(rows, menu);
  const prompt = rows.findLastIndex((row) => PROMPT.test(row));
  if (prompt === -1) return welcome(rows);
  const isElsewhere = rows.slice(prompt + 1).some((row) => ELSEWHERE.test(row));
  if (isElsewhere || LIST_HINT.test(rows.at(-1) ?? "")) return { shows: "wait" };
  if (rows.length - prompt > PROMPT_ROWS_MAX || isStarting(rows, prompt)) {
    return { shows: "wait" };
  }
  const status = rows.slice(Math.max(0, prompt - STATUS_ROWS_MAX), prompt);
  return { shows: status.some((row) => WORKING.test(row)) ? "busy" : "ready" };
}

/** What was typed at the prompt, in all its rows: a free one suggests something in their place. */
export function draftOf(styled: string): string {
  const rows = screenRows(solidText(styled));
  const prompt = rows.findLastIndex((row) => PROMPT.test(row));
  const isSuggested = rows[prompt] !== screenRows(plainText(styled))[prompt];
  if (prompt === -1 || isSuggested) return "";
  // An empty row is above its footer, and may be in between.
  const end = Math.max(rows.lastIndexOf(""), prompt + 1);
  return rows.slice(prompt, end).join("\n").slice(1).trim();
}

/**
 * A prompt is there at once, but what is sent from it waits for the start, and until then a dialog
 * may come up over it: only codex's name and the folder are to be seen.
 */
function isStarting(rows: readonly string[], prompt: number): boolean {
  const name = rows.findLastIndex((row) => NAME.test(row));
  if (name === -1 || name > prompt) return false;
  const above = rows.slice(name + 1, prompt);
  if (above.slice(0, 4).some((row) => LOADING.test(row))) return true;
  const said = above.filter((row) => !BLANK.test(row));
  return said.length < 2 && !rows.slice(prompt + 1).some((row) => STATUS_LINE.test(row));
}

/** Before anybody has logged in, another glyph marks the options. */
function welcome(rows: readonly string[]): Screen {
  const menu = parseMenu(rows, ">");
  const shown = menu === null ? null : dialog(rows, menu);
  return shown?.name === "login" ? shown : { shows: "wait" };
}

/**
 * A menu that waits for a key numbers its options, and ends with a hint of its own: behind an empty
 * row, or at once behind a long one, of which a part is shown.
 */
function isMenu(rows: readonly string[], menu: Menu): boolean {
  const numbered = /^\s*›\s+\d+\./.test(rows[menu.row] ?? "");
  const gap = rows.lastIndexOf("");
  const hint = gap > menu.row ? rows.slice(gap + 1) : rows.slice(-1);
  return numbered && HINT.test(hint.join("\n"));
}

function dialog(rows: readonly string[], menu: Menu): Extract<Screen, { shows: "dialog" }> {
  const text = rows.join("\n");
  // A skipped update is still told of at the top, whatever is asked later.
  const known = ANSWERS.find(
    ({ shows, take }) => shows.test(text) && menu.options.some((option) => take.test(option)),
  );
  if (known !== undefined) {
    return { shows: "dialog", name: known.name, keys: answer(menu, known) };
  }
  const question = QUESTIONS.find((candidate) => candidate.shows.test(text));
  return { shows: "dialog", name: question?.name ?? "question", keys: null };
}
