// What a filesystem answers instead of doing what it was asked, as values (ports/files.ts).

interface Failure {
  readonly state: "failed";
  readonly code: string;
  readonly detail: string;
}

/** The system's error code; `EUNKNOWN` for what carries none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "EUNKNOWN";
}

/** A file whose parent is no folder does not exist either. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

export function failure(error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  return { state: "failed", code: codeOf(error), detail };
}

/** An error with a code, for what we refuse ourselves. */
export function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
