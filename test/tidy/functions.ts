// Where functions begin and end, found by their brackets in masked code: enough to measure them,
// without a parser.

import { mask } from "./mask.ts";
import { lineAt } from "./tree.ts";

export interface FunctionSpan {
  /** Line of the opening of its parameters or arrow. */
  readonly line: number;
  readonly lines: number;
  /** A test file's `describe` callback: a container, not a function to read. */
  readonly container: boolean;
}

const CONTROL = /\b(?:if|for|while|switch|catch|with)\s*$/;
const DESCRIBE = /\bdescribe(?:\.\w+)*\s*\((?:[^()]*,)?\s*(?:async\s*)?\([^()]*\)\s*$/;
const ENDS_A_TYPE = ";,=)";

export function functionsIn(text: string): FunctionSpan[] {
  const { code } = mask(text);
  const found: FunctionSpan[] = [];
  for (const match of code.matchAll(/=>\s*\{/g)) {
    const before = code.slice(Math.max(0, match.index - 300), match.index);
    const open = match.index + match[0].length - 1;
    found.push(span(code, { from: match.index, open, container: DESCRIBE.test(before) }));
  }
  for (const match of code.matchAll(/[\w$>]\s*\(/g)) {
    const paren = match.index + match[0].length - 1;
    if (CONTROL.test(code.slice(Math.max(0, paren - 12), paren))) continue;
    const open = bodyAfter(code, closing(code, paren) + 1);
    if (open !== null) found.push(span(code, { from: paren, open, container: false }));
  }
  return found;
}

function span(
  code: string,
  at: { from: number; open: number; container: boolean },
): FunctionSpan {
  const line = lineAt(code, at.from);
  const last = lineAt(code, closing(code, at.open));
  return { line, lines: last - line + 1, container: at.container };
}

/** Index of the bracket that closes the one at `open`; the end of the text if none does. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    const char = code.charAt(at);
    if ("([{".includes(char)) depth += 1;
    if (")]}".includes(char) && --depth === 0) return at;
  }
  return code.length;
}

/**
 * The brace of a body right after parameters, or after their return type; null: no body, or an
 * arrow's, which is found by its arrow.
 */
function bodyAfter(code: string, after: number): number | null {
  const rest = /^\s*(:?)/.exec(code.slice(after, after + 200));
  let at = after + (rest?.[0].length ?? 0);
  if (rest?.[1] !== ":") return code.charAt(at) === "{" ? at : null;
  let last = ":";
  for (; at < code.length; at++) {
    const char = code.charAt(at);
    if (char.trim() === "") continue;
    const isArrow = code.startsWith("=>", at);
    if (isArrow && /^=>\s*\{/.test(code.slice(at, at + 200))) return null;
    if (ENDS_A_TYPE.includes(char) && !isArrow) return null;
    if (char === "{" && !":|&<".includes(last)) return at;
    if ("([{".includes(char)) at = closing(code, at);
    last = code.charAt(at);
    if (isArrow) at += 1;
  }
  return null;
}
