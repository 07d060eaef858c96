// What a life verb came to, for a person and for a program.

import type { Delivery, VerbAnswer } from "../core/api.ts";
import { IapeerError } from "../core/error.ts";
import { renderDuration } from "../formats/duration.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { visible } from "./render/text.ts";

/** Prints the answer and resolves to the exit code; a refusal is thrown, to be rendered. */
export function tell(context: VerbContext, answer: VerbAnswer): VerbExit {
  const { output, spec } = context;
  output.advice({ schema: "iapeer.answer.v1", ...answer });
  switch (answer.result) {
    case "woke": {
      const how = `${answer.mode}, ${answer.cause}`;
      output.line(`woke ${answer.identity} (${how}) in ${renderDuration(answer.ms)}`);
      return tellDelivery(context, answer);
    }
    case "already-alive":
      output.line(`${answer.identity} is already alive`);
      return tellDelivery(context, answer);
    case "done":
      for (const { identity, detail } of [answer, ...(answer.others ?? [])]) {
        output.lines(detailLines(detail || "done", identity).map((line) => output.hint(line)));
      }
      return 0;
    case "refused":
    case "failed":
      throw new IapeerError({
        code: answer.cause,
        what: `${spec.name} ${answer.identity}: ${answer.result} (${answer.cause})`,
        ...(answer.detail === "" ? {} : { why: answer.detail }),
        next: answer.next,
      });
  }
}

/** One line an item; the first says about whom. */
const detailLines = (detail: string, identity: string): readonly string[] =>
  `${identity}: ${detail}`.split("\n").map(visible);

function tellDelivery({ output }: VerbContext, answer: Delivery): VerbExit {
  const { delivered, delivery_detail: detail, delivery_next: next } = answer;
  if (delivered === undefined) return 0;
  if (delivered === "delivered") {
    output.line("the message was delivered");
    return 0;
  }
  const isTyped = delivered === "unconfirmed";
  const what = isTyped ? "was typed, and its turn was not seen to begin" : "was not delivered";
  output.warn(`the message ${what}${detail === undefined ? "" : `: ${detail}`}`);
  if (next !== undefined) output.note(`next: ${next}`);
  return isTyped ? 0 : 1;
}
