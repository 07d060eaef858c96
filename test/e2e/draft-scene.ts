// What a person leaves at a real agent's prompt: something typed and not sent, before and during a
// turn, or a list that was opened. Of some screens the styles are kept too: they tell what was
// typed from what the agent suggests.

import type { Scene } from "./capture-screens.ts";

const LISTS = [
  ["/model", "dialog-model", /enter select · esc back$/],
  ["/theme", "wait-list", /enter select · esc back$/],
  ["/experimental", "wait-switches", /enter save · esc save\/close$/],
] as const;

export async function drafts(at: Scene): Promise<void> {
  await typed(at);
  await lists(at);
}

async function typed({ agent, model, open, keep }: Scene): Promise<void> {
  const styled = (name: string, screen: string) => keep(`../../drafts/${agent}-${name}`, screen);
  const gate = Promise.withResolvers<void>();
  const terminal = open();
  await terminal.untilReady();
  styled("free", terminal.text("styled"));
  terminal.paste("Half a thought");
  await terminal.until("draft", (_, text) => text.includes("Half a thought"));
  styled("typed", terminal.text("styled"));
  model.script(async () => {
    await gate.promise;
    return { text: "Done." };
  });
  await terminal.say(" and the other half", () => model.turns().length > 0);
  await terminal.until("busy", (screen) => screen.shows === "busy");
  terminal.paste("More");
  keep("busy-draft", await terminal.until("draft", (_, text) => /^[❯›]\s+More/m.test(text)));
  terminal.keys(["C-u"]);
  gate.resolve();
  await terminal.until("answer", (_, text) => text.includes("Done."));
  await terminal.untilReady();
  styled("answered", terminal.text("styled"));
  terminal.keys(["!"]);
  await terminal.until("shell", (_, text) => /^!/m.test(text));
  terminal.paste("ls");
  keep("wait-shell", await terminal.until("command", (_, text) => /^!\s+ls/m.test(text)));
  await terminal.stop();
}

/** What a person opens, in which an Enter would choose something. */
async function lists({ agent, open, keep }: Scene): Promise<void> {
  const terminal = open();
  await terminal.untilReady();
  terminal.keys(["C-r"]);
  const search = /^\s*(search prompts|reverse-i-search):/m;
  keep("wait-search", await terminal.until("a search", (_, text) => search.test(text)));
  await terminal.stop();
  if (agent === "claude") return;
  for (const [command, name, ends] of LISTS) {
    const other = open();
    await other.untilReady();
    other.keys(command.split(""));
    await other.until(command, (_, text) => text.includes(command));
    // Typed so fast, it is taken for pasted, and an Enter belongs to that.
    await Bun.sleep(1000);
    other.keys(["Enter"]);
    keep(name, await other.until(name, (_, text) => ends.test(text.trimEnd())));
    await other.stop();
  }
}
