// What credentials look like, whoever issued them. Every quantifier is bounded, since these run
// over whatever a program printed. A group named `secret` is the part to hide.

/** In the name of an option, variable, header or JSON key. `PWD` is a folder, `tokens` a count. */
const WORD =
  "(?:password|passwd|passphrase|[_-]pass(?![a-z])|secret|token(?!s|iz)|api[_-]?key|" +
  "access[_-]?key|private[_-]?key|credential)[A-Za-z0-9_-]{0,32}";

const NAME = `[A-Za-z0-9_.-]{0,64}${WORD}`;

/** `--token`, `-password`: the next argument is a secret. */
export const SECRET_FLAG = new RegExp(`^-{1,2}${NAME}$`, "i");

/** `KEY=`, `--key=`, `-eKEY=`, `--env=KEY=`, with the part to keep captured. */
export const SECRET_PAIR = new RegExp(`^(-{0,2}(?:[a-z][a-z-]{0,30}=)?${NAME}=)[^]*$`, "i");

const hide = (source: string, flags = ""): Pattern => ({ source, flags: `gd${flags}` });

interface Pattern {
  readonly source: string;
  readonly flags: string;
}
const raw = String.raw;

/** After a name: `=`, `: `, `": "`, and the same inside a JSON string, with backslashes. */
const THEN = raw`\\{0,3}["']?[ \t]{0,3}[=:][ \t]{0,3}\\{0,3}`;
const QUOTED =
  raw`(?<quote>["'])(?<secret>(?:\\[^\r\n]|(?!\k<quote>)[^\\\r\n]){1,4096})\k<quote>`;
const BARE = raw`["']?(?<secret>[^\s"'&]{1,4096})`;

const BEGIN = "-----BEGIN [A-Z0-9 ]{1,64}-----";
const END = "-----END [A-Z0-9 ]{1,64}-----";
const SCHEME = raw`(?:bearer|basic|digest|token)[ \t]{1,3}`;

const GENERIC: readonly Pattern[] = [
  hide(raw`\bsk-[A-Za-z0-9_-]{12,512}`),
  hide(raw`\bgh[pousr]_[A-Za-z0-9]{12,512}`),
  hide(raw`\bgithub_pat_[A-Za-z0-9_]{12,512}`),
  hide(raw`\bxox[a-z]-[A-Za-z0-9-]{8,512}`),
  hide(raw`\b(?:AKIA|ASIA)[0-9A-Z]{12,128}`),
  // A key whose end or beginning is cut off is still half a key.
  hide(`${BEGIN}(?:[^-]|-(?!----)){0,16384}${END}`),
  hide(raw`${BEGIN}[A-Za-z0-9+/=\s\\]{0,16384}`),
  hide(raw`^[A-Za-z0-9+/=\s\\]{1,16384}${END}`),
  hide(raw`\bauthorization${THEN}["']?${SCHEME}(?<secret>[^\s"',;]{1,4096})`, "i"),
  hide(raw`\bbearer[ \t]{1,3}(?<secret>[A-Za-z0-9._~+/=-]{12,4096})`, "i"),
  // Up to the last @ before the host ends: a password may hold one.
  hide(raw`\b[a-z][a-z0-9+.-]{0,30}://(?<secret>[^\s/?#"']{1,512})@`, "i"),
  hide(raw`--[A-Za-z0-9-]{0,64}${WORD}[ \t]{1,3}${QUOTED}`, "i"),
  hide(raw`--[A-Za-z0-9-]{0,64}${WORD}[ \t]{1,3}${BARE}`, "i"),
  hide(`${WORD}${THEN}${QUOTED}`, "i"),
  hide(`${WORD}${THEN}${BARE}`, "i"),
];

let compiled: readonly RegExp[] | null = null;

/** Compiled when first needed: it takes longer than a short verb's own work. */
export const genericSecrets = (): readonly RegExp[] =>
  (compiled ??= GENERIC.map(({ source, flags }) => new RegExp(source, flags)));

/** Every pattern needs one of these; most arguments of a program hold none. */
const HINT =
  `sk-|gh[pousr]_|github_pat_|xox[a-z]-|AKIA|ASIA|-----|authorization|bearer|://|${WORD}`;

let hint: RegExp | null = null;

/** False: no pattern would find anything in it, as it is written. */
export const mayHoldSecret = (text: string): boolean =>
  (hint ??= new RegExp(HINT, "i")).test(text);
