// What is typed at a real agent's prompt and not sent, before and during a turn. Of some screens
// the styles are kept too: they tell what was typed from what the agent suggests.

import type { Scene } from "./capture-screens.ts";

export async function drafts({ agent, model, open, keep }: Scene): Promise<void> {
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
