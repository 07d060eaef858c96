// When a pane log that was just emptied is looked at again (lifecycle §8): a peer that prints a
// hundred megabytes a second would fill a disk between two passes.

export const LOG_PACE_MS_MIN = 1000;

/** Milliseconds until it is as long as it may be, at the pace at which it came to its length. */
export function logPaceMs(
  grown: { readonly bytes: number; readonly tookMs: number },
  maxBytes: number,
): number {
  const fullInMs = (maxBytes / Math.max(1, grown.bytes)) * grown.tookMs;
  return Math.max(LOG_PACE_MS_MIN, Math.round(fullInMs));
}
