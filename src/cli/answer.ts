// What a life verb came to, for a person and for a program.

import type { DeliveryState, VerbAnswer } from "../core/api.ts";
import { IapeerError } from "../core/error.ts";
import { renderDuration } from "../formats/duration.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { visible } from "./render/text.ts";

/** Prints the answer and resolves to the exit code; a refusal is thrown, to be rendered. */
export function tell(context: VerbContext, answer: VerbAnswer): VerbExit {
  const { output, spec } = context;
  output.json({ schema: "iapeer.answer.v1", ...answer });
  switch (answer.result) {
    case "woke": {
      const how = `${answer.mode}, ${answer.cause}`;
      output.line(`woke ${answer.identity} (${how}) in ${renderDuration(answer.ms)}`);
      return tellDelivery(context, answer.delivered);
    }
    case "already-alive":
      output.line(`${answer.identity} is already alive`);
      return tellDelivery(context, answer.delivered);
    case "done":
      output.lines(
        detailLines(answer.detail || "done", answer.identity).map((line) => output.hint(line)),
      );
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

function tellDelivery(context: VerbContext, delivered: DeliveryState | undefined): VerbExit {
  switch (delivered) {
    case undefined:
      return 0;
    case "delivered":
      context.output.line("the message was delivered");
      return 0;
    case "unconfirmed":
      context.output.warn("the message was typed, but nothing moved on the screen since");
      return 0;
    case "not-delivered":
      context.output.warn("the message was not delivered");
      return 1;
  }
}
