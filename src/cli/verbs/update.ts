// `iapeer update`: a newer version in use, the one before kept (service-manager contract).

import { updateProgram } from "../../flows/install/install.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { fromOf, putInPlace, tellInstallation } from "../installed.ts";
import { servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const services = servicesOf(await context.app());
  const work = updateProgram(services, fromOf(context));
  return tellInstallation(context, await putInPlace(context, work));
}
