// What a real agent shows for a time, between turns: a hint about what was pasted, that it plans,
// and a question of codex's when an account comes near its limits.

import type { Screen } from "../../src/ports/runtime.ts";
import type { Scene } from "./capture-screens.ts";
import { nearLimits } from "./rare-dialogs.ts";

export async function longPaste({ open, keep }: Scene): Promise<void> {
  const terminal = open();
  await terminal.untilReady();
  terminal.paste("One of many lines.\n".repeat(40));
  const hint = (_: Screen, text: string) => text.includes("paste again to expand");
  keep("ready-pasted", await terminal.until("a hint about what was pasted", hint));
  await terminal.stop();
}

/** The agent may begin to plan by itself; what comes of it is for a person to approve. */
export async function planning({ model, open, keep }: Scene): Promise<void> {
  const terminal = open();
  await terminal.untilReady();
  const replies = [{ tool: "EnterPlanMode", input: {} }, { text: "I have looked." }];
  model.script(() => replies.shift() ?? { tool: "ExitPlanMode", input: { plan: "Touch x." } });
  await terminal.say("Plan something.", () => model.turns().length > 0);
  const planned = (_: Screen, text: string) => /I have looked[^]*plan mode on/.test(text);
  await terminal.until("a plan", planned);
  keep("ready-planning", await terminal.untilReady().then(() => terminal.text()));
  await terminal.say("Go on.", () => model.turns().length > 2);
  const asks = (_: Screen, text: string) => text.includes("Exit plan mode?");
  keep("wait-plan", await terminal.until("approval", asks));
  await terminal.stop();
}

/** Only asked where it may: a launch of ours takes that away. */
export async function limits({ model, open, keep }: Scene): Promise<void> {
  model.answerWith(nearLimits());
  const may = "notice.hide_rate_limit_model_nudge=false";
  const terminal = open({ env: { IAPEER_ARGS: `-c ${may}` } });
  await terminal.untilReady();
  await terminal.say("Good morning.", () => model.turns().length > 0);
  keep("dialog-rate-limits", await terminal.untilDialog("rate-limits"));
  await terminal.stop();
}
