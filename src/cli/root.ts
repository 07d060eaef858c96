// Which root a command is about: --root over IAPEER_ROOT over ~/.iapeer (storage contract). Pure.

import { resolve } from "node:path";

export interface RootWanted {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
}

/** Before the words are parsed; one path, however it is written. */
export const rootOf = ({ words, ...place }: RootWanted): string =>
  rootAt(askedRoot(words), place);

/** The value of `--root`, as it was typed. */
export function askedRoot(words: readonly string[]): string | undefined {
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === "--root" || word.startsWith("--root="));
  if (at === -1) return undefined;
  return own[at]?.startsWith("--root=") === true ? own[at]?.slice(7) : own[at + 1];
}

/** `asked`: the value of `--root`, if there was one. */
export function rootAt(
  asked: string | undefined,
  { env, cwd, home }: Omit<RootWanted, "words">,
): string {
  const root = asked ?? env["IAPEER_ROOT"];
  if (root === undefined || root === "") return resolve(cwd, home, ".iapeer");
  return resolve(cwd, root);
}
