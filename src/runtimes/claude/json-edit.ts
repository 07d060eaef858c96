// One change in a JSON document that belongs to another program: every other byte stays.

/**
 * Sets `path` to `true`, adding the objects on the way. The text itself when it is so already;
 * null when the document is not JSON, or holds something else than an object on the way.
 */
export function setTrue(text: string, path: readonly string[]): string | null {
  if (!isJson(text)) return null;
  let open = skipBlank(text, 0);
  for (const [depth, key] of path.entries()) {
    if (text[open] !== "{") return null;
    const members = membersOf(text, open);
    const rest = path.slice(depth + 1);
    // Of a repeated key every reader takes the last.
    const found = members.findLast((member) => member.key === key);
    if (found === undefined) return insert({ text, open, members }, key, rest);
    if (rest.length === 0) return replace(text, found);
    open = found.valueStart;
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

function replace(text: string, member: Member): string | null {
  const value = text.slice(member.valueStart, member.valueEnd);
  if (value === "true") return text;
  if (value !== "false" && value !== "null") return null;
  return `${text.slice(0, member.valueStart)}true${text.slice(member.valueEnd)}`;
}

/** After the last member, laid out like it. */
function insert(
  at: { readonly text: string; readonly open: number; readonly members: readonly Member[] },
  key: string,
  rest: readonly string[],
): string {
  const value = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), true);
  const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const last = at.members.at(-1);
  if (last === undefined) {
    return `${at.text.slice(0, at.open + 1)}${member}${at.text.slice(at.open + 1)}`;
  }
  const before = at.text.slice(at.open, last.keyStart);
  const layout = /\s*$/.exec(before)?.[0] ?? "";
  return `${at.text.slice(0, last.valueEnd)},${layout}${member}${at.text.slice(last.valueEnd)}`;
}

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
