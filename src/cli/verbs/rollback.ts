// `iapeer rollback`: the version before back in use (service-manager contract).

import { rollBack } from "../../flows/install/install.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { tellInstallation } from "../installed.ts";
import { withProgress } from "../progress.ts";
import { servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const services = servicesOf(await context.app());
  return tellInstallation(context, await withProgress(context, "rollback", rollBack(services)));
}
