// `iapeer daemon status`: whether it runs, how it does, and what holds it; with --verbose also the
// trace of how that was chosen.

import type { IapeerError } from "../../core/error.ts";
import type { ManagerChoice, ManagerName, ServiceAnswer } from "../../core/service.ts";
import { DAEMON_JOB } from "../../core/service.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import { renderInstant } from "../../formats/instant.ts";
import { heldBack, type HeldBack } from "../../flows/service/daemon-starts.ts";
import { choose } from "../../flows/service/daemon-service.ts";
import { readManagerRecord } from "../../flows/service/record.ts";
import { unfitForDaemon } from "../../flows/daemon-socket.ts";
import { isRootAbsent, noRoot } from "../../flows/storage/absent-root.ts";
import { startNext } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { renderHolder, renderJob } from "../render/service.ts";
import { renderDaemon } from "../render/status.ts";
import { visible } from "../render/text.ts";
import { daemonTrouble } from "../daemon-trouble.ts";
import { servicesOf } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const app = await context.app();
  const [status, chosen] = await Promise.all([
    app.client.status(),
    choose(servicesOf(app), null),
  ]);
  if (!chosen.ok) throw chosen.error;
  const choice = chosen.value;
  const holds = app.services.recorded ?? "embedded";
  const job = await app.services.named(holds).query(DAEMON_JOB);
  const back = status.state === "running" ? null : heldBack(app.host);
  output.advice({ ...status, ...serviceFields({ holds, choice, job, back }) });
  output.lines([
    renderDaemon(status, app.host.clock.wall()),
    ...details(status),
    ...(back === null ? [] : sayHeldBack(back)),
    ...renderHolder(readManagerRecord(app.host), choice, context.args.has("verbose")).map(visible),
    ...(app.services.recorded === null ? [] : renderJob(holds, job, status.pid).map(visible)),
  ]);
  if (status.state === "not-running") {
    const unfit = unfitForDaemon(app.host);
    if (unfit === null && isRootAbsent(app.host)) output.note(`${noRoot(app.host).what}; ${MADE}`);
    output.note(unfit === null ? startNext(context, app.services) : told(unfit));
  } else {
    const found = daemonTrouble(status, { isInstalled: true });
    for (const { hint } of found) output.note(`next: ${hint}`);
  }
  return status.state === "running" ? 0 : 1;
}

const MADE = "what starts a daemon makes it; another one is named with --root";

const told = ({ message, next }: IapeerError): string => `${message}; ${next}`;

function serviceFields(seen: {
  holds: ManagerName;
  choice: ManagerChoice;
  job: ServiceAnswer;
  back: HeldBack | null;
}) {
  const { holds, choice, job, back } = seen;
  return {
    manager: holds,
    manager_chosen: choice.manager,
    manager_trace: choice.trace,
    job,
    ...(back === null
      ? {}
      : {
          held_back: {
            failures: back.failures,
            until: renderInstant(back.untilWall),
            reason: back.reason,
          },
        }),
  };
}

function sayHeldBack({ failures, untilWall, reason }: HeldBack): readonly string[] {
  const why = reason ?? "it crashed without a word";
  const until = renderInstant(untilWall);
  return [visible(`  held back until ${until}: ${failures} failed starts; the latest: ${why}`)];
}

function details(status: DaemonStatus): readonly string[] {
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ["version", status.version],
    ["notices deaths by", status.death_watch],
    ["last pass took", passTook(status.tick_ms)],
    ["peers alive", status.peers_alive],
    ["cannot write", status.state_trouble],
  ];
  return fields.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${label.padEnd(18)}${value}`],
  );
}

const passTook = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${ms.toFixed(1)} ms`;
