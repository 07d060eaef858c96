// The only renderer of failures (architecture, "Errors"): what happened, why, what to do next.
// A stack trace appears only with --debug.

import { IapeerError } from "../core/error.ts";
import type { Paint } from "./render/color.ts";
import { visible, visibleLines } from "./render/text.ts";
import { forRoot } from "./rooted.ts";

export interface Failure {
  /** For stderr, ending in a newline. */
  readonly text: string;
  readonly exit: 1 | 2;
  /** For stdout with --json, where nothing else was printed. */
  readonly document: FailureDocument;
}

export interface FailureDocument {
  readonly schema: "iapeer.error.v1";
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  readonly next: string;
}

export interface FailureOptions {
  readonly paint: Paint;
  readonly debug: boolean;
  /** The value of --root, as it was typed. */
  readonly root?: string | undefined;
}

/** Renders anything that was thrown; a usage error without a cause takes one line. */
export function renderFailure(thrown: unknown, options: FailureOptions): Failure {
  const { paint, debug, root } = options;
  const error = thrown instanceof IapeerError ? thrown : bug(thrown);
  const next = forRoot(error.next, root);
  const head = `${paint("red", "iapeer:")} ${visible(error.what)}`;
  const isOneLine = error.exit === 2 && error.why === undefined;
  const lines = isOneLine
    ? [`${head}; ${visible(next)}`]
    : [
        head,
        ...labelled("why", error.why, paint),
        ...labelled("next", next, paint),
      ];
  if (debug) lines.push(...trace(thrown, error.code));
  const { code, what, why, exit } = error;
  const because = why === undefined ? {} : { why };
  const document = { schema: "iapeer.error.v1", code, what, ...because, next } as const;
  return { text: `${lines.join("\n")}\n`, exit, document };
}

const labelled = (label: string, text: string | undefined, paint: Paint): readonly string[] =>
  text === undefined ? [] : [`  ${paint("dim", `${label}:`)} ${visible(text)}`];

function bug(thrown: unknown): IapeerError {
  return new IapeerError({
    code: "internal",
    what: "something went wrong inside iapeer itself",
    why: thrown instanceof Error ? thrown.message : String(thrown),
    next: "run it again with --debug, and report what it prints",
  });
}

function trace(thrown: unknown, code: string): readonly string[] {
  const stack = thrown instanceof Error ? (thrown.stack ?? "no stack") : "not an Error";
  return [`  code: ${code}`, ...visibleLines(stack).split("\n").map((line) => `  ${line}`)];
}
