// Property lists as XML, the form that launchd reads: rendered, and read back for the marks of
// ownership. Anything beyond what launchd's own files hold does not parse, and is not ours.

import { err, ok, type Result } from "../core/result.ts";

export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue };

export type PlistDict = Readonly<Record<string, PlistValue>>;

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
"http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** Keys in the order given. Numbers are whole. */
export const renderPlist = (dict: PlistDict): string => `${HEAD}${render(dict, "")}</plist>\n`;

function render(value: PlistValue, indent: string): string {
  if (typeof value === "string") return `${indent}<string>${escape(value)}</string>\n`;
  if (typeof value === "number") return `${indent}<integer>${value}</integer>\n`;
  if (typeof value === "boolean") return `${indent}<${value ? "true" : "false"}/>\n`;
  const inner = `${indent}\t`;
  if (isList(value)) {
    const items = value.map((item) => render(item, inner)).join("");
    return `${indent}<array>\n${items}${indent}</array>\n`;
  }
  const entries = Object.entries(value)
    .map(([key, item]) => `${inner}<key>${escape(key)}</key>\n${render(item, inner)}`)
    .join("");
  return `${indent}<dict>\n${entries}${indent}</dict>\n`;
}

const isList = (value: PlistValue): value is readonly PlistValue[] => Array.isArray(value);

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escape = (text: string): string => text.replaceAll(/[&<>]/g, (c) => ESCAPES[c] ?? c);

/** Strict: a duplicate key, a stray character or an unknown element is an error. */
export function parsePlist(text: string): Result<PlistDict> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const reader = new Reader(tokens.value);
  try {
    const value = reader.document();
    const isDict = typeof value === "object" && !isList(value);
    return isDict ? ok(value) : err("its root is not a dictionary");
  } catch (error) {
    if (error instanceof NotPlist) return err(error.message);
    throw error;
  }
}

class NotPlist extends Error {}

type Token =
  | { readonly tag: string; readonly kind: "open" | "close" | "empty" }
  | { readonly text: string };

const PROLOGUE = /^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^[>]*>\s*)?/;
const TOKEN = /<(\/?)([A-Za-z]+)(?:\s+[^<>]*?)?(\/?)>|([^<]+)|<!--[\s\S]*?-->/gy;

function tokensOf(text: string): Result<readonly Token[]> {
  const found: Token[] = [];
  let at = PROLOGUE.exec(text)?.[0].length ?? 0;
  const body = text.trimEnd();
  while (at < body.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(body);
    if (match === null) return err(`not XML from character ${at} on`);
    at = TOKEN.lastIndex;
    const [, close = "", tag, empty = "", between] = match;
    if (between !== undefined) found.push({ text: between });
    else if (tag !== undefined) {
      found.push({ tag, kind: close === "/" ? "close" : empty === "/" ? "empty" : "open" });
    }
  }
  return ok(found);
}

const DEPTH_MAX = 32;

class Reader {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  document(): PlistValue {
    this.#expect("plist", "open");
    const value = this.#value(0);
    this.#expect("plist", "close");
    if (this.#at < this.#tokens.length) throw new NotPlist("something follows </plist>");
    return value;
  }

  #next(): Token {
    for (;;) {
      const token = this.#tokens[this.#at];
      this.#at += 1;
      if (token === undefined) throw new NotPlist("it ends too early");
      if ("tag" in token) return token;
      if (token.text.trim() !== "") throw new NotPlist("text where an element belongs");
    }
  }

  #expect(tag: string, kind: "open" | "close"): void {
    const token = this.#next();
    if ("text" in token || token.tag !== tag || token.kind !== kind) {
      throw new NotPlist(`no <${kind === "close" ? "/" : ""}${tag}> where one belongs`);
    }
  }

  #value(depth: number): PlistValue {
    const token = this.#next();
    if (depth > DEPTH_MAX) throw new NotPlist("it is too deep");
    if ("text" in token || token.kind === "close") throw new NotPlist("a value is missing");
    const isEmpty = token.kind === "empty";
    switch (token.tag) {
      case "true":
      case "false":
        if (!isEmpty) this.#expect(token.tag, "close");
        return token.tag === "true";
      case "string":
        return isEmpty ? "" : this.#text("string");
      case "integer":
        return this.#integer(isEmpty);
      case "array":
        return isEmpty ? [] : this.#array(depth);
      case "dict":
        return isEmpty ? {} : this.#dict(depth);
      default:
        throw new NotPlist(`<${token.tag}> is not used here`);
    }
  }

  #text(tag: string): string {
    const token = this.#tokens[this.#at];
    const text = token !== undefined && "text" in token ? token.text : "";
    if (text !== "") this.#at += 1;
    this.#expect(tag, "close");
    return unescape(text);
  }

  #integer(isEmpty: boolean): number {
    const text = isEmpty ? "" : this.#text("integer").trim();
    if (!/^-?\d{1,15}$/.test(text)) throw new NotPlist(`${JSON.stringify(text)} is no integer`);
    return Number(text);
  }

  #array(depth: number): PlistValue[] {
    const items: PlistValue[] = [];
    while (!this.#closes("array")) items.push(this.#value(depth + 1));
    return items;
  }

  #dict(depth: number): PlistDict {
    const entries = new Map<string, PlistValue>();
    while (!this.#closes("dict")) {
      this.#expect("key", "open");
      const key = this.#text("key");
      if (entries.has(key)) throw new NotPlist(`the key ${key} is there twice`);
      entries.set(key, this.#value(depth + 1));
    }
    return Object.fromEntries(entries);
  }

  #closes(tag: string): boolean {
    const before = this.#at;
    const token = this.#next();
    if ("tag" in token && token.tag === tag && token.kind === "close") return true;
    this.#at = before;
    return false;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
};

function unescape(text: string): string {
  return text.replaceAll(/&[^;\s]{0,10};?/g, (entity) => {
    const code = /^&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(entity);
    const [, hex, decimal] = code ?? [];
    const point = hex === undefined ? Number(decimal ?? "none") : Number.parseInt(hex, 16);
    if (point <= 0x10ffff) return String.fromCodePoint(point);
    const plain = ENTITIES[entity];
    if (plain === undefined) throw new NotPlist(`${entity} is no entity`);
    return plain;
  });
}
