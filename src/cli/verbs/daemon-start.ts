// `iapeer daemon start`: where it is held, or in the background.

import { startDaemon } from "../../flows/service/daemon-service.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { warnOfUnheard } from "../unheard-variables.ts";
import { previewed, servicesOf, tellUp } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  await warnOfUnheard(context);
  if (await previewed(context, "start")) return 0;
  const services = servicesOf(await context.app());
  const answer = await withProgress(context, "daemon start", startDaemon(services));
  const what = answer.state === "unknown" ? "nothing was started" : "the daemon does not run";
  const told = { what, said: "the daemon answers" };
  return tellUp(context, { context: services, answer, ...told });
}
