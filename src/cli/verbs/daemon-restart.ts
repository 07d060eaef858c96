// `iapeer daemon restart`. Asked for from inside the daemon's own job, it is handed to a helper
// that outlives the job (service-manager contract, "launchd").

import { IapeerError } from "../../core/error.ts";
import { DAEMON_JOB, labelOf } from "../../core/service.ts";
import { holder } from "../../flows/service/context.ts";
import { restartDaemon } from "../../flows/service/daemon-service.ts";
import { jobPlace } from "../../flows/service/place.ts";
import type { App } from "../app.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { warnOfUnheard } from "../unheard-variables.ts";
import { previewed, serviceDocument, servicesOf, tellUp } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  await warnOfUnheard(context);
  if (await previewed(context, "restart")) return 0;
  const app = await context.app();
  if (await isInside(context, app)) return handOver(context, app);
  const services = servicesOf(app);
  const answer = await withProgress(context, "daemon restart", restartDaemon(services));
  const told = { what: "the daemon was not restarted", said: "the daemon has been restarted" };
  return tellUp(context, { context: services, answer, ...told });
}

/** By what launchd tells its jobs, or by descent from the daemon. */
async function isInside({ env }: VerbContext, { host, client }: App): Promise<boolean> {
  if (env["XPC_SERVICE_NAME"] === labelOf(DAEMON_JOB)) return true;
  const { pid } = await client.status();
  const daemon = pid === undefined ? null : host.processes.identify(pid);
  if (daemon === null || daemon === "unknown") return false;
  const own = host.processes.self().pid;
  return host.processes.descendants(daemon).some((process) => process.pid === own);
}

function handOver(context: VerbContext, app: App): VerbExit {
  const { host, config } = app;
  const { XPC_SERVICE_NAME: _, ...inherited } = host.facts.env;
  const argv = [...jobPlace(host).program, "--root", config.root, "daemon", "restart"];
  const env = { ...inherited, IAPEER_ROOT: config.root };
  const detached = host.exec.detach({ argv, env, cwd: "/" });
  if (detached.state === "failed") {
    throw new IapeerError({
      code: "helper-not-started",
      what: "the restart could not be handed to a helper",
      why: detached.detail,
      next: `from another terminal: ${commandLine(context, "daemon restart")}`,
    });
  }
  const reason = "asked for from inside the daemon's own job: a helper does it";
  const manager = holder(servicesOf(app)).name;
  context.output.json(serviceDocument(manager, { state: "handed-over", reason }));
  context.output.line(`${reason}; ${commandLine(context, "daemon status")} shows when it is back`);
  return 0;
}
