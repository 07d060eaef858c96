// What every runtime takes from a peer's `launch.env`: another program, arguments of its own,
// and the environment. argv only; nothing here is ever read by a shell.

import type { LaunchRefusal } from "../ports/runtime.ts";

/** Path or name of the program to run in place of the runtime's own. */
export const PROGRAM_KEY = "IAPEER_PROGRAM";
/** Further arguments: a JSON array of strings, or words with blanks between them. */
export const ARGS_KEY = "IAPEER_ARGS";

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  /** `launch.env` without what was meant for us. */
  readonly env: Readonly<Record<string, string>>;
}

/** Never a place for secrets: arguments can be read by everybody on the host. */
export function program(
  ownName: string,
  launchEnv: Readonly<Record<string, string>>,
): Program | LaunchRefusal {
  const { [PROGRAM_KEY]: path, [ARGS_KEY]: args, ...env } = launchEnv;
  const words = parseArgs(args ?? "");
  if (words === null) {
    return {
      refused: `${ARGS_KEY} in launch.env is not a JSON array of strings`,
      next: `write ${ARGS_KEY}=["--flag", "value"], or words with blanks between them`,
    };
  }
  return { path: path === undefined || path === "" ? ownName : path, args: words, env };
}

function parseArgs(text: string): readonly string[] | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[")) return trimmed.split(/\s+/).filter((word) => word !== "");
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return isStrings(parsed) ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && !item.includes("\0"));
