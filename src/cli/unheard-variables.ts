// A daemon in the background has a small fixed environment, whoever holds it, so that it is the
// same whichever shell starts it again: what a shell sets for it never comes to it.

import { CONFIG_OPTIONS } from "../formats/config.ts";
import type { VerbContext } from "./context.ts";

/** Names each configuration variable that is set here, and where the daemon reads it instead. */
export async function warnOfUnheard(context: VerbContext): Promise<void> {
  const { env, output } = context;
  const set = CONFIG_OPTIONS.filter(({ name }) => (env[name] ?? "") !== "");
  if (set.length === 0) return;
  const { layout } = (await context.app()).host;
  const names = set.map(({ name }) => name).join(", ");
  const keys = set.map(({ key }) => key).join(", ");
  const where = `put ${keys} into ${layout.configFile}`;
  output.warn(`the daemon does not get ${names} from this shell: ${where}`);
}
