// Destructive verbs (CLI contract): `--preview` shows, `--yes` does, a terminal is asked.

import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";
import { visible } from "./render/text.ts";

/** `preview`: shown and done with. `refused`: the person said no. */
export type Consent = "given" | "preview" | "refused";

/** `actions` are what would be done, one sentence each. */
export async function consent(
  context: VerbContext,
  actions: readonly string[],
): Promise<Consent> {
  const { args, output, spec, terminal } = context;
  const lines = actions.map((action) => `would ${visible(action)}`);
  if (args.has("preview")) {
    output.json({ schema: "iapeer.preview.v1", proposed_actions: actions });
    output.lines(lines);
    return "preview";
  }
  if (args.has("yes")) return "given";
  if (!terminal.isInTty || !terminal.isErrTty) {
    throw usage(`${spec.name} needs --yes without a terminal`, "--preview shows what it would do");
  }
  terminal.err(`${lines.join("\n")}\n`);
  if (await terminal.confirm("Go on?")) return "given";
  output.note("nothing was changed");
  return "refused";
}
