// How many of the newest lines or records a reading verb shows: --lines N, --all, or its default,
// with --json as without (CLI contract).

import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";

export interface Newest {
  /** Undefined: all. */
  readonly count: number | undefined;
  /** Nobody has said how many. */
  readonly isDefault: boolean;
}

/** `shown` is the default; undefined: all. */
export function newestOf({ args, spec }: VerbContext, shown: number | undefined): Newest {
  const count = args.count("lines");
  if (!args.has("all")) return { count: count ?? shown, isDefault: count === undefined };
  if (count === undefined) return { count: undefined, isDefault: false };
  throw usage(`${spec.name} takes --lines or --all, not both`, `see iapeer ${spec.name} --help`);
}

/** One more is asked for than is shown, so that it is known whether there are older ones. */
export const asked = ({ count }: Newest): { readonly newest?: number } =>
  count === undefined ? {} : { newest: count + 1 };

export function cut<T>(all: readonly T[], { count }: Newest): readonly T[] {
  return count === undefined ? all : all.slice(Math.max(0, all.length - count));
}

/** `-n 0`: none are wanted, of which nothing is said. */
export const isNone = ({ count }: Newest): boolean => count === 0;

/** What nobody has left out on purpose is told. */
export const isCutUntold = (all: readonly unknown[], { count, isDefault }: Newest): boolean =>
  isDefault && count !== undefined && all.length > count;
