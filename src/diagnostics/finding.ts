// What a diagnosis finds (status-and-doctor contract): stable codes, a severity, and what to do.

export type Severity = "error" | "warn" | "unknown";

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly summary: string;
  /** What to type or do next. */
  readonly hint: string;
}

/** One check as data: what it looks for, and how it is told. Pure. */
export interface Check<Facts> {
  readonly code: string;
  readonly severity: Severity;
  /** For the reference. */
  readonly meaning: string;
  readonly find: (facts: Facts) => readonly Found[];
}

export interface Found {
  readonly subject: string;
  readonly summary: string;
  readonly hint: string;
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warn: 1, unknown: 2 };

/** Errors first; within a severity in the order of the checks. */
export function diagnose<Facts>(checks: readonly Check<Facts>[], facts: Facts): readonly Finding[] {
  const found = checks.flatMap(({ code, severity, find }) =>
    find(facts).map((one) => ({ code, severity, ...one })),
  );
  return worstFirst(found);
}

/** Among equals the order stays. */
export const worstFirst = <T extends { readonly severity: Severity }>(
  found: readonly T[],
): readonly T[] => found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
