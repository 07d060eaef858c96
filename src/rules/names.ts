// The names of lifecycle §1: deriving them from a folder's name (storage contract), checking
// what a person typed, and finding what was probably meant. A name is refused, never bent.

import { identityOf, type Identity, type Personality, type RuntimeName } from "../core/names.ts";
import { err, ok, type Result } from "../core/result.ts";

export const NAME_MAX = 32;

const PERSONALITY = /^[a-z][a-z0-9-]{0,31}$/;
const RUNTIME = /^[a-z][a-z0-9]{0,31}$/;

/** Longer input than any name is not compared: the distance costs length × length. */
const COMPARED_MAX = 64;

/**
 * A peer's name from its folder's: NFKD, lower case, runs of anything but `a-z0-9` become one
 * `-`, trimmed. A result that is no name is an error that says what to do.
 */
export function normaliseName(folderName: string): Result<Personality> {
  const name = sluggify(folderName);
  const shown = JSON.stringify(folderName);
  if (folderName === "") return err(`that folder has no name of its own; ${GIVE_ANOTHER}`);
  if (name === "") {
    return err(`${shown} has no letter a-z and no digit, so no name is left; ${GIVE_ANOTHER}`);
  }
  if (!/^[a-z]/.test(name)) {
    const becomes = name === folderName ? shown : `${shown} becomes "${name}":`;
    return err(`${becomes} does not start with a letter, as a name does; ${GIVE_ANOTHER}`);
  }
  if (name.length > NAME_MAX) {
    return err(
      `${shown} becomes "${name}", ${name.length} characters where ${NAME_MAX} are allowed; ` +
        GIVE_ANOTHER,
    );
  }
  return ok(name as Personality);
}

const GIVE_ANOTHER = "rename the folder, or choose a name: iapeer create <name>";

function sluggify(text: string): string {
  const dashed = text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return dashed.replace(/^-|-$/g, "");
}

/** A peer's name as typed; suggests the nearest valid spelling when there is one. */
export function checkPersonality(text: string): Result<Personality> {
  if (PERSONALITY.test(text)) return ok(text as Personality);
  const spelled = sluggify(text);
  const hint = PERSONALITY.test(spelled) ? `; try "${spelled}"` : "";
  return err(
    `${JSON.stringify(text)} is not a peer name: a letter, then a-z, 0-9 and "-", ` +
      `at most ${NAME_MAX} characters${hint}`,
  );
}

/** A runtime's name as typed. Whether an adapter of that name exists is another question. */
export function checkRuntime(text: string): Result<RuntimeName> {
  if (RUNTIME.test(text)) return ok(text as RuntimeName);
  return err(
    `${JSON.stringify(text)} is not a runtime name: a letter, then a-z and 0-9, ` +
      `at most ${NAME_MAX} characters`,
  );
}

export interface SplitIdentity {
  readonly runtime: RuntimeName;
  readonly personality: Personality;
  readonly identity: Identity;
}

/** Splits at the first dash, which no runtime's name can hold; null when it is no address. */
export function splitIdentity(text: string): SplitIdentity | null {
  const dash = text.indexOf("-");
  if (dash < 0) return null;
  const runtime = checkRuntime(text.slice(0, dash));
  const personality = checkPersonality(text.slice(dash + 1));
  if (!runtime.ok || !personality.ok) return null;
  return {
    runtime: runtime.value,
    personality: personality.value,
    identity: identityOf(runtime.value, personality.value),
  };
}

/**
 * The candidate that was probably meant, for "did you mean …?"; null when none is close: more
 * than a third of the letters would have to change. The first of several equals wins.
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  const typed = name.toLowerCase();
  if (typed.length > COMPARED_MAX) return null;
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= bestDistance) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance && distance < Math.max(typed.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment: insert, delete, replace, or swap of two neighbours cost 1. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number =>
  row[column] ?? Number.POSITIVE_INFINITY;
