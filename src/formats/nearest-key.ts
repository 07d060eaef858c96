// The known key that a mistyped one probably meant.

/** Null when nothing is near: a wrong guess is worse than none. */
export function nearestKey(typed: string, known: readonly string[]): string | null {
  const wanted = typed.toLowerCase().slice(0, 64);
  const limit = Math.max(3, Math.floor(wanted.length / 2));
  let best: { key: string; away: number } | null = null;
  for (const key of known) {
    const away = distance(wanted, key.toLowerCase());
    if (away <= limit && (best === null || away < best.away)) best = { key, away };
  }
  return best?.key ?? null;
}

/** Levenshtein's: insertions, deletions and replacements. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
