// Writes docs/reference.md from the command line's own tree. With --check it only compares, and
// fails when they differ.

import { ERROR_CODES, REFUSALS, TROUBLES } from "../src/cli/error-codes.ts";
import { renderReference } from "../src/cli/render/reference.ts";
import { VERBS } from "../src/cli/tree.ts";

export const REFERENCE = Bun.fileURLToPath(new URL("../docs/reference.md", import.meta.url));

export const reference = (): string =>
  renderReference({ verbs: VERBS, errors: ERROR_CODES, refusals: REFUSALS, troubles: TROUBLES });

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const file = Bun.file(REFERENCE);
  const isCurrent = (await file.exists()) && (await file.text()) === reference();
  if (!isCurrent && !isCheck) await Bun.write(file, reference());
  if (!isCurrent && isCheck) {
    process.stderr.write("docs/reference.md has drifted: bun scripts/render-reference.ts\n");
    process.exitCode = 1;
  }
}
