// `iapeer completion`: prints the script for a shell.

import { usage } from "../args.ts";
import { COMPLETION_SCRIPTS } from "../completion/scripts.ts";
import type { VerbContext, VerbExit } from "../context.ts";

export async function run({ args, terminal }: VerbContext): Promise<VerbExit> {
  const shell = args.required(0);
  const script = COMPLETION_SCRIPTS.get(shell);
  if (script === undefined) {
    const known = [...COMPLETION_SCRIPTS.keys()].join(", ");
    throw usage(`there is no completion for ${JSON.stringify(shell)}`, `there is for ${known}`);
  }
  terminal.out(script);
  return 0;
}
