// The home of the user that we run as: one that the environment does not name, or names by
// something that depends on where one stands, is the account's own. Pure.

/** `account` is asked only where the environment does not tell. */
export function homeOf(
  env: Readonly<Record<string, string | undefined>>,
  account: () => string,
): string {
  const named = env["HOME"] ?? "";
  return named.startsWith("/") ? named : account();
}
