// Destructive verbs (CLI contract): `--preview` shows, `--yes` does, a terminal is asked.

import type { IapeerError } from "../core/error.ts";
import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";
import type { Output } from "./output.ts";
import { visible } from "./render/text.ts";

/** `preview`: shown and done with. `refused`: the person said no. */
export type Consent = "given" | "preview" | "refused";

/**
 * `actions` are what would be done, one sentence each; `against`: what would refuse all of it,
 * which a preview says, and nobody is asked about.
 */
export async function consent(
  context: VerbContext,
  actions: readonly string[],
  against: IapeerError | null = null,
): Promise<Consent> {
  const { args, output, spec, terminal } = context;
  const lines = actions.map((action) => `would ${visible(action)}`);
  if (args.has("preview")) {
    const refused = against === null ? {} : { refused: refusalOf(against, output) };
    output.json({ schema: "iapeer.preview.v1", proposed_actions: actions, ...refused });
    output.lines([
      ...(against === null ? [] : [`would be refused: ${visible(against.message)}`]),
      ...(against === null ? [] : [`  first: ${visible(output.hint(against.next))}`]),
      ...lines,
    ]);
    return "preview";
  }
  if (args.has("yes")) return "given";
  if (!terminal.isInTty || !terminal.isErrTty) {
    throw usage(`${spec.name} needs --yes without a terminal`, "--preview shows what it would do");
  }
  if (against !== null) throw against;
  terminal.err(`${lines.join("\n")}\n`);
  if (await terminal.confirm("Go on?")) return "given";
  output.note("nothing was changed");
  return "refused";
}

const refusalOf = ({ code, what, why, next }: IapeerError, output: Output): object => ({
  code,
  what,
  ...(why === undefined ? {} : { why }),
  next: output.hint(next),
});
