// A failure meant for a person: what happened, why, and what to do next (CLI contract).
// Rendered in cli/fail.ts and nowhere else.

/** 1: the thing asked for failed. 2: usage or input was wrong. */
export type ExitCode = 1 | 2;

export interface ErrorParts {
  /** Stable, kebab-case, documented in docs/reference.md. */
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  /** A command to type, or what else to do: no failure leaves anybody without it. */
  readonly next: string;
  readonly exit?: ExitCode;
}

export class IapeerError extends Error {
  readonly code: string;
  readonly what: string;
  readonly why: string | undefined;
  readonly next: string;
  readonly exit: ExitCode;

  constructor(parts: ErrorParts) {
    super(parts.why === undefined ? parts.what : `${parts.what}: ${parts.why}`);
    this.name = "IapeerError";
    this.code = parts.code;
    this.what = parts.what;
    this.why = parts.why;
    this.next = parts.next;
    this.exit = parts.exit ?? 1;
  }
}
