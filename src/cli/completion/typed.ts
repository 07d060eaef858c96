// The words of a half-typed line, as the shells hand them over: bash splits at `=`, and bash and
// zsh leave quotes and `~` as they were typed. Pure.

import { askedRoot } from "../root.ts";

/** bash hands over `--runtime`, `=`, `cl` for `--runtime=cl`. */
export function joinEquals(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const last = joined.at(-1);
    if (words[i] === "=" && last?.startsWith("--") === true) {
      joined[joined.length - 1] = `${last}=${words[i + 1] ?? ""}`;
      i += 1;
    } else joined.push(words[i] ?? "");
  }
  return joined;
}

/** The value of `--root` that the program will get once the line is run. */
export function typedRoot(words: readonly string[], home: string): string | undefined {
  const asked = askedRoot(joinEquals(words));
  return asked === undefined ? undefined : taken(asked, home);
}

/** Without quotes, and with `~` for the home; nothing else is expanded, and nothing executed. */
const taken = (word: string, home: string): string =>
  /^~(?=\/|$)/.test(word) ? `${home}${unquoted(word.slice(1))}` : unquoted(word);

const unquoted = (word: string): string =>
  word.replace(
    /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs,
    (_, ...[escaped, single, double]: readonly (string | undefined)[]) =>
      escaped ?? single ?? (double ?? "").replace(/\\([\\"$`])/g, "$1"),
  );
