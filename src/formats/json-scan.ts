// What JSON.parse does not tell: how deep a document nests, and which keys are there twice (of
// which it takes the last). One pass without recursion, over text that need not be JSON at all.

export interface JsonScan {
  readonly depth: number;
  /** Paths of the keys that are repeated, each once: `provision.args`. */
  readonly repeated: readonly string[];
}

interface Level {
  /** Null: a list. */
  readonly keys: Set<string> | null;
  readonly path: string;
  /** The next string is a key. */
  expectsKey: boolean;
  lastKey: string;
}

const DEPTH_MAX = 10_000;

/** Stops at a depth of 10,000: nothing that deep is worth a closer look. */
export function scanJson(text: string): JsonScan {
  const levels: Level[] = [];
  const repeated = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length && depth < DEPTH_MAX; at += 1) {
    const char = text[at];
    const level = levels.at(-1);
    if (char === '"') {
      const end = stringEnd(text, at);
      if (level?.expectsKey === true) takeKey(level, text.slice(at, end), repeated);
      at = end - 1;
    } else if (char === "{" || char === "[") {
      levels.push(levelWithin(level, char === "{"));
      depth = Math.max(depth, levels.length);
    } else if (char === "}" || char === "]") levels.pop();
    else if (char === "," && level?.keys) level.expectsKey = true;
  }
  return { depth, repeated: [...repeated] };
}

function levelWithin(outer: Level | undefined, isObject: boolean): Level {
  const path = outer === undefined ? "" : joined(outer.path, outer.lastKey);
  return { keys: isObject ? new Set() : null, path, expectsKey: isObject, lastKey: "" };
}

function takeKey(level: Level, literal: string, repeated: Set<string>): void {
  const key = unquoted(literal);
  level.expectsKey = false;
  level.lastKey = key;
  if (level.keys?.has(key) === true) repeated.add(joined(level.path, key));
  level.keys?.add(key);
}

const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function unquoted(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal; // Not JSON: whoever parses the document says so.
  }
}
