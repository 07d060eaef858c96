// `iapeer doctor`: what is wrong with how this root is held and with its memory slot, and what
// to do about it. Only reads.

import { diagnose, type Finding, worstFirst } from "../../diagnostics/finding.ts";
import { MEMORY_CHECKS } from "../../diagnostics/memory-checks.ts";
import { SERVICE_CHECKS } from "../../diagnostics/service-checks.ts";
import { renderInstant } from "../../formats/instant.ts";
import { readSlot } from "../../flows/provision/slot.ts";
import { surveyService } from "../../flows/service/survey.ts";
import { unfitForDaemon } from "../../flows/daemon-socket.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { daemonTrouble, logTrouble } from "../daemon-trouble.ts";
import { configTrouble, configWall } from "../trouble.ts";
import { renderTroubles } from "../render/status.ts";
import { servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const app = await context.app();
  const survey = await withProgress(context, "doctor", surveyService(servicesOf(app)));
  const held = diagnose(SERVICE_CHECKS, survey);
  // What keeps the daemon from running says more than that it does not run.
  const explains = (one: Finding) => one.subject === "daemon" && one.severity === "error";
  const isInstalled = app.services.recorded !== null;
  const how = { isInstalled, isHolderLacking: !survey.isThere, unfit: unfitForDaemon(app.host) };
  const findings = worstFirst([
    ...configTrouble({
      configTrouble: app.configTrouble,
      configWall: configWall(app.host),
      daemon: survey.daemon,
    }),
    ...held,
    ...(held.some(explains) ? [] : daemonTrouble(survey.daemon, how)),
    ...logTrouble(survey.daemon.log_trouble ?? null),
    ...diagnose(MEMORY_CHECKS, readSlot(app.host)),
  ]);
  output.advice({
    schema: "iapeer.doctor.v1",
    observed_at: renderInstant(app.host.clock.wall()),
    manager: survey.manager,
    findings,
  });
  const hinted = findings.map((one) => ({ ...one, hint: output.hint(one.hint) }));
  output.lines(renderTroubles(hinted, output.paint));
  if (findings.length === 0) output.line("nothing was found wrong");
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
