// `iapeer daemon stop`: ends the daemon, and waits until it is gone; the sessions live on.

import { DAEMON_JOB } from "../../core/service.ts";
import { serviceError } from "../../flows/service/answers.ts";
import { holder } from "../../flows/service/context.ts";
import { stopDaemon } from "../../flows/service/daemon-service.ts";
import { settleStart } from "../../flows/service/owed-start.ts";
import { waitGone } from "../../flows/session/signal.ts";
import type { App } from "../app.ts";
import { commandLine, named, startNext } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { previewed, servicesOf } from "../service.ts";

const SCHEMA = "iapeer.daemon-stop.v1";
const GONE_WITHIN_MS = 15_000;

export async function run(context: VerbContext): Promise<VerbExit> {
  if (await previewed(context, "stop")) return 0;
  const { output } = context;
  const app = await context.app();
  if (holder(servicesOf(app)).name !== "embedded") return stopHeld(context, app);
  settleStart(app.host);
  const stopped = await app.client.stop();
  switch (stopped.state) {
    case "answered": {
      const { pid } = stopped.value;
      const isGone = await withProgress(context, "daemon stop", gone(app, pid));
      output.json({ schema: SCHEMA, state: isGone ? "ended" : "ending", pid });
      const how = isGone ? "has ended" : "was asked to end, and has not yet";
      output.line(`the daemon (pid ${pid}) ${how}; sessions live on`);
      return isGone ? 0 : 1;
    }
    case "no-daemon":
    case "unknown":
      return stopSilent(context, app);
  }
}

/** Its service manager ends it, or would start it again at once. */
async function stopHeld(context: VerbContext, app: App): Promise<VerbExit> {
  const services = servicesOf(app);
  const [before, { pid }] = await Promise.all([
    holder(services).query(DAEMON_JOB),
    app.client.status(),
  ]);
  const answer = await withProgress(context, "daemon stop", stopDaemon(services));
  if (answer.state !== "not-loaded") throw serviceError(answer, "the daemon was not ended");
  const known = pid === undefined ? {} : { pid };
  const state = before.state === "not-loaded" && pid === undefined ? "not-running" : "ended";
  context.output.json({ schema: SCHEMA, state, ...known, reason: answer.reason });
  const ended = `${named(pid)} has ended; sessions live on`;
  context.output.line(state === "ended" ? ended : "the daemon was not running");
  const start = commandLine(context, "daemon start");
  const isThere = holder(services).isThere();
  context.output.note(
    isThere
      ? `it starts again at the next login, or with: ${start}`
      : startNext(context, app.services),
  );
  return 0;
}

/** One in the background that does not answer yet, or never will, is ended too. */
async function stopSilent(context: VerbContext, app: App): Promise<VerbExit> {
  const services = servicesOf(app);
  const [before, { pid }] = await Promise.all([
    holder(services).query(DAEMON_JOB),
    services.daemon.status(),
  ]);
  const answer = await withProgress(context, "daemon stop", stopDaemon(services));
  if (answer.state !== "not-loaded") throw serviceError(answer, "the daemon was not ended");
  const ended = before.state === "loaded" || pid !== undefined;
  context.output.json({ schema: SCHEMA, state: ended ? "ended" : "not-running" });
  const said = ended ? "the daemon has ended; sessions live on" : "the daemon was not running";
  context.output.line(said);
  return 0;
}

/** So that another daemon can be started as soon as this verb is done. */
async function gone({ host }: App, pid: number): Promise<boolean> {
  const process = host.processes.identify(pid);
  if (process === null || process === "unknown") return process === null;
  return (await waitGone(host, process, GONE_WITHIN_MS)) === "gone";
}
