// One change in a JSON document that belongs to another program: every other byte stays, and
// comments and trailing commas, which some programs take, are stepped over.

import { masked } from "./json-mask.ts";

export const setTrue = (text: string, path: readonly string[]): string | null =>
  setSwitch(text, path, true);

/**
 * Sets `path` to a boolean, adding the objects on the way. The text itself when it is so already;
 * null when the document is not JSON, or holds something else than an object on the way.
 */
export function setSwitch(text: string, path: readonly string[], to: boolean): string | null {
  const found = find(text, path);
  if (found === null) return null;
  if (found.member === undefined) return insert(found, found.missing, to);
  return replace(text, found.member, to);
}

/** `undefined` when it is not there; null when the document or the way to it is not understood. */
export function valueAt(text: string, path: readonly string[]): unknown {
  const found = find(text, path);
  if (found === null) return null;
  const { member } = found;
  if (member === undefined) return undefined;
  const value: unknown = JSON.parse(found.plain.slice(member.valueStart, member.valueEnd));
  return value;
}

/** How many keys of the path are there; null when the document is not understood. */
export function keysThere(text: string, path: readonly string[]): number | null {
  const found = find(text, path);
  return found === null ? null : path.length - found.missing.length;
}

/**
 * Takes `path` out, and each object on the way that holds nothing else, but for those of the first
 * `kept` keys. The text itself when it is not there; null where comments may belong to it.
 */
export function takeOut(text: string, path: readonly string[], kept: number): string | null {
  const found = find(text, path);
  if (found === null) return null;
  const { member, members, plain } = found;
  if (member === undefined) return text;
  if (plain !== text) return null;
  if (members.length === 1 && path.length - 1 > kept) {
    return takeOut(text, path.slice(0, -1), kept);
  }
  const at = members.indexOf(member);
  const [before, after] = [members[at - 1], members[at + 1]];
  const from = before?.valueEnd ?? member.keyStart;
  const to = before === undefined ? (after?.keyStart ?? member.valueEnd) : member.valueEnd;
  return text.slice(0, from) + text.slice(to);
}

interface Found {
  readonly text: string;
  /** The text with comments and trailing commas blanked out, at the same positions. */
  readonly plain: string;
  readonly open: number;
  readonly members: readonly Member[];
  readonly member: Member | undefined;
  /** The keys of the path that are not there; empty when all are. */
  readonly missing: readonly string[];
}

function find(text: string, path: readonly string[]): Found | null {
  const plain = masked(text);
  if (!isJson(plain)) return null;
  let open = skipBlank(plain, 0);
  for (const [depth, key] of path.entries()) {
    if (plain[open] !== "{") return null;
    const members = membersOf(plain, open);
    // Of a repeated key every reader takes the last.
    const member = members.findLast((one) => one.key === key);
    const isLast = depth === path.length - 1;
    const missing = member === undefined ? path.slice(depth) : [];
    if (member === undefined || isLast) return { text, plain, open, members, member, missing };
    open = member.valueStart;
  }
  return null;
}

interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function replace(text: string, member: Member, to: boolean): string | null {
  const value = text.slice(member.valueStart, member.valueEnd);
  if (value === String(to)) return text;
  if (!["true", "false", "null"].includes(value)) return null;
  return `${text.slice(0, member.valueStart)}${to}${text.slice(member.valueEnd)}`;
}

/** After the last member, laid out like it; before the first where comments belong to members. */
function insert(at: Found, path: readonly string[], to: boolean): string {
  const { text, plain, open, members } = at;
  const [key = "", ...rest] = path;
  const value = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), to);
  const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) {
    return `${text.slice(0, open + 1)}${member}${text.slice(open + 1)}`;
  }
  if (plain !== text) {
    const layout = layoutBefore(text, open, first);
    return `${text.slice(0, first.keyStart)}${member},${layout}${text.slice(first.keyStart)}`;
  }
  const layout = layoutBefore(text, open, last);
  return `${text.slice(0, last.valueEnd)},${layout}${member}${text.slice(last.valueEnd)}`;
}

const layoutBefore = (text: string, open: number, member: Member): string =>
  /\s*$/.exec(text.slice(open + 1, member.keyStart))?.[0] ?? "";

/** Members of the object that opens at `open`, in a text known to be JSON. */
function membersOf(text: string, open: number): readonly Member[] {
  const members: Member[] = [];
  let at = skipBlank(text, open + 1);
  while (at < text.length && text[at] !== "}") {
    const keyEnd = stringEnd(text, at);
    const valueStart = skipBlank(text, skipBlank(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    const key = String(JSON.parse(text.slice(at, keyEnd)));
    members.push({ key, keyStart: at, valueStart, valueEnd });
    at = skipBlank(text, valueEnd);
    if (text[at] === ",") at = skipBlank(text, at + 1);
  }
  return members;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at] ?? "x")) at += 1;
  return at;
}

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return stringEnd(text, from);
  if (first !== "{" && first !== "[") {
    let at = from;
    while (at < text.length && !" \t\r\n,]}".includes(text[at] ?? ",")) at += 1;
    return at;
  }
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const char = text[at];
    if (char === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (char === "{" || char === "[") depth += 1;
    if (char === "}" || char === "]") depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return text.length;
}
