// From a declared command to an argv (memory-provider contract, "Running a command"). One pass:
// what a placeholder's value holds is never looked at again, and no shell ever sees it.

import type { ProvisionCommand, ProvisionFacts } from "../core/provider.ts";

const PLACEHOLDER = /\{(cwd|runtime|personality|occasion)\}/g;
const LOOKS_LIKE_ONE = /\{[A-Za-z_][\w-]*\}/g;

/** Always one argument for each that was declared; the command itself is taken as it stands. */
export const provisionArgv = (
  { command, args }: ProvisionCommand,
  facts: ProvisionFacts,
): readonly string[] => [
  command,
  ...args.map((arg) => arg.replace(PLACEHOLDER, (_, name: keyof ProvisionFacts) => facts[name])),
];

/** What looks like a placeholder, is none, and will arrive as it stands: a typing mistake. */
export const strangePlaceholders = ({ command, args }: ProvisionCommand): readonly string[] => {
  const inArgs = args.flatMap((arg) => arg.replace(PLACEHOLDER, "").match(LOOKS_LIKE_ONE) ?? []);
  return [...new Set([...(command.match(LOOKS_LIKE_ONE) ?? []), ...inArgs])];
};
