// Waiting for a condition, with a deadline that only a broken program reaches.

const DEADLINE_MS = 90_000;
const POLL_MS = 50;

/** Asks until the answer is neither null, undefined nor false; then it is the result. */
export async function waitFor<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  seen: () => string | Promise<string> = () => "",
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) {
      throw new Error(`still waiting after ${DEADLINE_MS} ms for ${what}\n${await seen()}`);
    }
    await Bun.sleep(POLL_MS);
  }
}
