// What came of putting one thing in its place, as a failure that a person can act on.

import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { WriteOutcome } from "../../ports/files.ts";

export const done = (written: WriteOutcome, path: string): Result<void, IapeerError> =>
  written.state === "ok" ? ok(undefined) : err(notPlaced(`${path}: ${written.detail}`));

export const notPlaced = (why: string): IapeerError =>
  new IapeerError({
    code: "not-installed",
    what: "the program could not be put in its place",
    why,
    next: "put right what is named here, and run it again: it goes on where it ended",
  });
