// Compares with a checked-in file: what is on a user's disk must stay readable.

import { readFileSync } from "node:fs";

export const golden = (name: string): string =>
  readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
