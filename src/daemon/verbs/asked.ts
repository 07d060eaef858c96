// Whose word a verb was: a line of lifecycle.log, and something that `iapeer why` remembers. What
// brings a peer up has lines of its own, which name whoever asked as well.

import { keep } from "../decision-log.ts";
import type { Context } from "../context.ts";
import type { Verb, VerbAnswer, VerbRequest } from "../../core/api.ts";

const BRINGS_UP: ReadonlySet<Verb> = new Set([
  "wake",
  "start",
  "new",
  "attach",
  "folder-launch",
]);

/** An identity, as its session has it in its environment; else the operator. */
export const askerOf = ({ from }: VerbRequest): string => from ?? "operator";

export function noteAsked(
  { host, lives }: Context,
  { verb, request }: { readonly verb: Verb; readonly request: VerbRequest },
  answer: VerbAnswer,
): void {
  if (BRINGS_UP.has(verb)) return;
  const { identity, result } = answer;
  const from = askerOf(request);
  const cause = "cause" in answer ? answer.cause : undefined;
  host.log.write("lifecycle", { ev: "asked", fields: { identity, verb, from, result, cause } });
  const live = lives.get(identity);
  if (live === undefined) return;
  keep(host, live, { action: verb, cause: cause ?? result, detail: `from=${from}` });
}
