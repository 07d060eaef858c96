// Keeps secrets out of everything that is written down (lifecycle §6, §7): the values that
// launch.env holds, and whatever looks like a credential.

import { genericSecrets, mayHoldSecret, SECRET_FLAG, SECRET_PAIR } from "./secret-patterns.ts";

export const REDACTED = "[redacted]";

/** Shorter values are words, and taking those out would make a text unreadable. */
const SECRET_LENGTH_MIN = 6;

/** The values of an environment that must not be written down: longest first, each once. */
export function secretValues(env: Readonly<Record<string, string>>): string[] {
  const values = Object.values(env).filter((value) => value.length >= SECRET_LENGTH_MIN);
  return [...new Set(values)].toSorted((a, b) => b.length - a.length);
}

/** From, to: positions in the original text. */
type Span = readonly [number, number];

/**
 * Every occurrence of a secret, and whatever looks like one, becomes `[redacted]`. Found even
 * when a terminal's colours, cursor movements or line breaks split it, and when the text starts
 * or stops in the middle of it, as the tail of a file does.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  return redact(text, secrets, cutOff);
}

/**
 * As redactText for each argument; besides, what follows `--token` or `--password`, and the value
 * of `KEY=VALUE` or `--key=VALUE` under such a name, is gone whole, whatever it holds.
 */
export function redactArgv(argv: readonly string[], secrets: readonly string[]): string[] {
  return argv.map((argument, index) => {
    const before = argv[index - 1];
    if (before !== undefined && SECRET_FLAG.test(before) && argument !== "--") return REDACTED;
    const pair = SECRET_PAIR.exec(argument);
    return redact(pair === null ? argument : `${pair[1]}${REDACTED}`, secrets, () => []);
  });
}

type CutOff = (seen: Seen, secret: string) => Span[];

function redact(text: string, secrets: readonly string[], cut: CutOff): string {
  const wanted = secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN);
  if (wanted.length === 0 && !hasEscape(text) && !mayHoldSecret(text)) return text;
  const spans = viewsOf(text).flatMap((seen) => [
    ...genericSpans(seen),
    ...secretSpans(seen, wanted, cut),
  ]);
  return spans.length === 0 ? text : replaceSpans(text, spans);
}

/** Text with some characters left out, and where each of the others was. */
interface Seen {
  readonly text: string;
  /** `at[i]`: position in the original of `text[i]`; `at[text.length]` is the original's end. */
  readonly at: Int32Array;
}

/** CSI and short escapes; of a longer string (OSC, DCS) only how it begins. */
const SHORT_ESCAPES = String.raw`(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]?|\x1b[ -/]{0,4}[0-~]?`;
const LONG_ESCAPES = String.raw`\x1b[\]PX^_][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?`;
const ESCAPES = new RegExp(SHORT_ESCAPES, "g");
const ALL_ESCAPES = new RegExp(`${LONG_ESCAPES}|${SHORT_ESCAPES}`, "g");
const BLANKS = /[\s\p{Cc}\p{Cf}]+/gu;

/**
 * As it is written, as a terminal shows it, and with what long escapes hold (a window's title, a
 * link) made visible: a secret in any of them is one.
 */
function viewsOf(text: string): Seen[] {
  const at = Int32Array.from({ length: text.length + 1 }, (_, index) => index);
  const raw = { text, at };
  if (!hasEscape(text)) return [raw];
  return [raw, leaveOut(raw, ALL_ESCAPES), leaveOut(raw, ESCAPES)];
}

const hasEscape = (text: string): boolean => text.includes("\u001B") || text.includes("\u009B");

function leaveOut(seen: Seen, what: RegExp): Seen {
  const at = new Int32Array(seen.at.length);
  let text = "";
  let from = 0;
  const keep = (to: number) => {
    at.set(seen.at.subarray(from, to), text.length);
    text += seen.text.slice(from, to);
  };
  for (const match of seen.text.matchAll(what)) {
    keep(match.index);
    from = match.index + match[0].length;
  }
  keep(seen.text.length);
  at[text.length] = seen.at[seen.text.length] ?? 0;
  return { text, at: at.subarray(0, text.length + 1) };
}

function genericSpans(seen: Seen): Span[] {
  const spans: Span[] = [];
  for (const secret of genericSecrets()) {
    for (const match of seen.text.matchAll(secret)) {
      const range = match.indices?.groups?.["secret"] ?? match.indices?.[0];
      if (range !== undefined && range[0] < range[1]) spans.push(originalSpan(seen, range));
    }
  }
  return spans;
}

function secretSpans(seen: Seen, secrets: readonly string[], cut: CutOff): Span[] {
  if (secrets.length === 0) return [];
  const packed = leaveOut(seen, BLANKS);
  return secrets.flatMap((secret) => {
    const spans = occurrences(seen, secret);
    const core = secret.replaceAll(BLANKS, "");
    // With its blanks ignored, a short value would be found in ordinary words.
    if (core.length < SECRET_LENGTH_MIN) return spans;
    return [...spans, ...occurrences(packed, core), ...cut(packed, core)];
  });
}

function occurrences(seen: Seen, secret: string): Span[] {
  const spans: Span[] = [];
  for (let from = seen.text.indexOf(secret); from !== -1; ) {
    spans.push(originalSpan(seen, [from, from + secret.length]));
    from = seen.text.indexOf(secret, from + 1);
  }
  return spans;
}

/** The end of a secret at the very start of the text, and its beginning at the very end. */
function cutOff(seen: Seen, secret: string): Span[] {
  const { text } = seen;
  const sizes = Array.from(
    { length: Math.max(0, secret.length - SECRET_LENGTH_MIN) },
    (_, index) => secret.length - 1 - index,
  );
  const head = sizes.find((size) => text.startsWith(secret.slice(-size)));
  const tail = sizes.find((size) => text.endsWith(secret.slice(0, size)));
  const spans: Span[] = [];
  if (head !== undefined) spans.push(originalSpan(seen, [0, head]));
  if (tail !== undefined) spans.push(originalSpan(seen, [text.length - tail, text.length]));
  return spans;
}

/** Ends right after its last character, so that a colour reset behind it survives. */
const originalSpan = (seen: Seen, [from, to]: Span): Span => [
  seen.at[from] ?? 0,
  (seen.at[to - 1] ?? 0) + 1,
];

function replaceSpans(text: string, spans: readonly Span[]): string {
  let redacted = "";
  let done = 0;
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from >= done) redacted += text.slice(done, from) + REDACTED;
    done = Math.max(done, to);
  }
  return redacted + text.slice(done);
}
