// `iapeer uninstall`: exactly what install made; shown first (service-manager contract).

import { planUninstall, uninstall } from "../../flows/install/uninstall.ts";
import { consent } from "../consent.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { visible } from "../render/text.ts";
import { sayEnded, servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const services = servicesOf(await context.app());
  const spec = { deleteData: args.has("delete-data") };
  const { actions, daemons, isEmpty, against } = await planUninstall(services, spec);
  const consented = await consent(context, actions, against);
  if (consented !== "given") return consented === "preview" ? 0 : 1;
  // Whoever asks for it has Ctrl-C no longer end the process.
  const how = spec.deleteData ? { ...spec, interrupted: context.terminal.interrupted } : spec;
  const gone = await withProgress(context, "uninstall", uninstall(services, how));
  if (!gone.ok) throw gone.error;
  const { deleted, linked, told, warnings } = gone.value;
  output.json({ schema: "iapeer.uninstall.v1", deleted, ended: daemons, linked });
  output.lines(sayEnded(daemons));
  // In the order in which it was done: the provider is told before anything is deleted.
  output.lines(told.map(visible));
  output.lines(deleted.map((path) => visible(`deleted ${path}`)));
  if (linked !== undefined) output.line(visible(`the link to ${linked} is back`));
  for (const warning of warnings) output.warn(visible(warning));
  const kept = spec.deleteData ? "" : "; peers, their folders, state and logs stay";
  output.line(`${isEmpty ? "nothing was installed" : "uninstalled"}${kept}`);
  return 0;
}
