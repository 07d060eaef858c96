// Which root a command is about: --root over IAPEER_ROOT over ~/.iapeer (storage contract). Pure.

import { isAbsolute, resolve } from "node:path";

export interface RootWanted {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
}

export function rootOf({ words, env, cwd, home }: RootWanted): string {
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === "--root" || word.startsWith("--root="));
  const asked = own[at]?.startsWith("--root=") === true ? own[at]?.slice(7) : own[at + 1];
  const root = at === -1 ? env["IAPEER_ROOT"] : asked;
  if (root === undefined || root === "") return `${home}/.iapeer`;
  return isAbsolute(root) ? root : resolve(cwd, root);
}
