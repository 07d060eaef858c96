// `iapeer install`: this program at a path that stays (service-manager contract).

import { installProgram } from "../../flows/install/install.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { fromOf, putInPlace, tellInstallation } from "../installed.ts";
import { servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const services = servicesOf(await context.app());
  const work = installProgram(services, fromOf(context));
  return tellInstallation(context, await putInPlace(context, work));
}
