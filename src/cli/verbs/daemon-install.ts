// `iapeer daemon install`: the daemon, and always-on infrastructure peers, in the hands of the
// system's service manager (service-manager contract).

import { DAEMON_JOB, type ManagerChoice, MANAGERS } from "../../core/service.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import { chooseReached, installDaemon, strangerOf } from "../../flows/service/daemon-service.ts";
import { registered } from "../../flows/peers/find.ts";
import { daemonJobOf, heldRuntime } from "../../flows/service/place.ts";
import type { App } from "../app.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { renderChoice } from "../render/service.ts";
import { visible } from "../render/text.ts";
import { warnOfUnheard } from "../unheard-variables.ts";
import { servicesOf, tellUp } from "../service.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const app = await context.app();
  await warnOfUnheard(context);
  const services = servicesOf(app);
  const chosen = await chooseReached(services, context.args.oneOf("manager", MANAGERS) ?? null);
  if (!chosen.ok) throw chosen.error;
  const choice = chosen.value;
  if (context.args.has("preview")) return preview(context, app, choice);
  for (const line of renderChoice(choice)) context.output.note(visible(line));
  const label = `daemon install (${choice.manager})`;
  const installed = await withProgress(context, label, installDaemon(services, choice));
  if (!installed.ok) throw installed.error;
  const { answer, peers } = installed.value;
  const what = `${choice.manager} does not hold the daemon`;
  const isHeld = choice.manager !== "embedded";
  const said = isHeld ? "the daemon is held, and answers" : "the daemon answers";
  const exit = tellUp(context, {
    context: services,
    manager: choice.manager,
    answer,
    peers,
    what,
    said,
  });
  advise(context, app, choice);
  if (!isHeld) await tellTerminal(context, app);
  return exit;
}

/** What would be done, and the very text that would be written. */
async function preview(
  context: VerbContext,
  app: App,
  choice: ManagerChoice,
): Promise<VerbExit> {
  const { output } = context;
  const manager = app.services.named(choice.manager);
  const file = manager.fileOf(DAEMON_JOB);
  const text = manager.render(daemonJobOf(app.host));
  const peers = registered(app.host).filter((peer) => heldRuntime(app.host, peer) !== null);
  const actions = [
    ...(file === null
      ? [inBackground(await app.client.status())]
      : [
          `write ${file}`,
          ...endings(await strangerOf(servicesOf(app), manager)),
          "load it, and wait until it answers",
        ]),
    ...(file === null ? [] : peers.map(({ personality }) => `have ${personality} held too`)),
  ];
  output.json({
    schema: "iapeer.preview.v1",
    manager: choice.manager,
    trace: choice.trace,
    proposed_actions: actions,
    ...(file === null || !text.ok ? {} : { file, text: text.value }),
  });
  output.lines(renderChoice(choice).map(visible));
  output.lines(actions.map((action) => visible(`would ${action}`)));
  if (file !== null && text.ok) output.lines(["", ...text.value.trimEnd().split("\n")]);
  return 0;
}

/** Two daemons would each refuse the other. */
const endings = (stranger: Awaited<ReturnType<typeof strangerOf>>): readonly string[] =>
  stranger !== null && "pid" in stranger
    ? [`end the daemon that runs now (pid ${stranger.pid}); its peers live on`]
    : [];

/** One that runs is left alone, as `daemon start` does. */
const inBackground = ({ pid }: DaemonStatus): string =>
  pid !== undefined
    ? `leave the daemon (pid ${pid}) as it is`
    : "start the daemon in the background";

/** One that runs in a terminal is left there, where it would end with it. */
async function tellTerminal(context: VerbContext, app: App): Promise<void> {
  const stranger = await strangerOf(servicesOf(app), app.services.named("embedded"));
  if (stranger === null || !("pid" in stranger)) return;
  const next = commandLine(context, "daemon restart");
  const where = "was not started in the background, and is left as it is";
  context.output.note(
    `the daemon (pid ${stranger.pid}) ${where}: one in a terminal ends with it; ` +
      `next: ${next} puts it into the background`,
  );
}

function advise(context: VerbContext, { host }: App, choice: ManagerChoice): void {
  const { output } = context;
  const lingers = host.files.stat(`/var/lib/systemd/linger/${host.facts.env["USER"] ?? ""}`);
  if (choice.manager === "systemd" && lingers.state !== "ok") {
    output.note("it ends with your last session unless: loginctl enable-linger (docs/linux.md)");
  }
  if (choice.manager === "embedded") {
    const status = commandLine(context, "daemon status --verbose");
    output.note(`no service manager holds it, so nothing starts it again; ${status} says why`);
  }
  const main = host.facts.program[1] ?? "";
  if (!main.includes("/.local/share/iapeer/")) {
    output.note(`it runs from ${main}; iapeer install gives it a place that upgrades keep`);
  }
}
