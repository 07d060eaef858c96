// `iapeer daemon uninstall`: nothing of this root is held any more; peers' data stays.

import { serviceError } from "../../flows/service/answers.ts";
import { holder } from "../../flows/service/context.ts";
import { uninstallDaemon } from "../../flows/service/daemon-service.ts";
import { heldDaemons, releasing } from "../../flows/service/held-jobs.ts";
import { consent } from "../consent.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { sayEnded, serviceDocument, servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const services = servicesOf(await context.app());
  const manager = holder(services).name;
  const daemons = await heldDaemons(services);
  const actions = [
    ...releasing(services, daemons),
    `forget that ${manager} holds this root`,
    "keep peers, their folders, state and logs",
  ];
  const consented = await consent(context, actions);
  if (consented !== "given") return consented === "preview" ? 0 : 1;
  const answer = await withProgress(context, "daemon uninstall", uninstallDaemon(services));
  const ended = answer.state === "not-loaded" ? daemons : [];
  context.output.advice({ ...serviceDocument(manager, answer), ended });
  if (answer.state !== "not-loaded") throw serviceError(answer, "something is still held");
  context.output.lines([...sayEnded(ended), answer.reason]);
  return 0;
}
