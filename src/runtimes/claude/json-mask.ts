// JSON with comments and trailing commas as plain JSON: what is no JSON is blanked out, so that
// every position stays what it was.

/** Text that is JSON already comes back as it is. */
export function masked(text: string): string {
  const spans = [...commentsIn(text)];
  const bare = blank(text, spans);
  return blank(bare, [...trailingCommas(bare)]);
}

type Span = readonly [from: number, to: number];

function blank(text: string, spans: readonly Span[]): string {
  let result = "";
  let kept = 0;
  for (const [from, to] of spans) {
    result += text.slice(kept, from) + text.slice(from, to).replace(/[^\r\n]/g, " ");
    kept = to;
  }
  return result + text.slice(kept);
}

function* commentsIn(text: string): Generator<Span> {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = stringEnd(text, at) - 1;
    else if (text.startsWith("//", at)) {
      const end = text.indexOf("\n", at);
      yield [at, end === -1 ? text.length : end];
      at = end === -1 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      yield [at, end === -1 ? text.length : end + 2];
      at = end === -1 ? text.length : end + 1;
    }
  }
}

/** A comma with nothing but blanks between it and the end of its object or list. */
function* trailingCommas(text: string): Generator<Span> {
  let comma: number | null = null;
  let isAfterValue = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) continue;
    if ((char === "}" || char === "]") && comma !== null) yield [comma, comma + 1];
    comma = char === "," && isAfterValue ? at : null;
    isAfterValue = !"{[,:".includes(char);
    if (char === '"') at = stringEnd(text, at) - 1;
  }
}

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
