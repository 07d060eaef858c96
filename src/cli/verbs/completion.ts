// `iapeer completion`: prints the script for a shell.

import { nearest } from "../../rules/names.ts";
import { usage } from "../args.ts";
import { COMPLETION_SCRIPTS } from "../completion/scripts.ts";
import type { VerbContext, VerbExit } from "../context.ts";

export async function run({ args, terminal }: VerbContext): Promise<VerbExit> {
  const shell = args.required(0);
  const script = COMPLETION_SCRIPTS.get(shell);
  if (script === undefined) {
    const near = nearest(shell, [...COMPLETION_SCRIPTS.keys()]);
    const next = near === null ? "bash, zsh and fish are" : `did you mean ${near}?`;
    throw usage(`the shell ${JSON.stringify(shell)} is not known`, next);
  }
  terminal.out(script);
  return 0;
}
