// The home of the user that we run as: one that the environment does not name, or names by
// something that depends on where one stands, is the account's own. Pure.

/**
 * `account` is asked only where the environment does not tell, and throws for a user without an
 * account, as in a container: such a one has `/`, where what is to be kept is refused with words.
 */
export function homeOf(
  env: Readonly<Record<string, string | undefined>>,
  account: () => string,
): string {
  const named = env["HOME"] ?? "";
  if (named.startsWith("/")) return named;
  try {
    return account();
  } catch {
    return "/"; // Nobody knows this user.
  }
}
