// The demonstration's own root, far from the user's, and its own daemon.

import { join } from "node:path";
import { QUIET_BUN } from "../../core/service-job.ts";
import { DEMO_ENV } from "./cast.ts";
import { IapeerError } from "../../core/error.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import type { App } from "../app.ts";
import type { VerbContext } from "../context.ts";
import { prepareRoot } from "../../flows/storage/root.ts";
import { usableTmux } from "../../flows/usable-tmux.ts";
import { checkSockets } from "../../flows/session/socket-for.ts";
import { namedTemporary, temporaryFolder, USUAL_TEMPORARY } from "../temporary-folder.ts";

const DAEMON_WAIT_MS = 15_000;
const POLL_MS = 20;

export interface Scratch {
  readonly app: App;
  readonly daemon: ProcessRef | null;
}

/** The person's own root is not looked at. */
export async function scratchApp(context: VerbContext): Promise<App> {
  const { host } = await context.appAt(`${namedTemporary(context.env)}/iapeer-demo`);
  const name = `iapeer-demo-${host.ids.short()}`;
  const named = await context.appAt(join(temporaryFolder(host.files, context.env), name));
  // A socket's path has at most 100 bytes.
  const isShort = checkSockets(named.host).ok;
  const app = isShort ? named : await context.appAt(join(USUAL_TEMPORARY, name));
  const tmux = await usableTmux(app.host);
  if (!tmux.ok) throw tmux.error;
  const prepared = prepareRoot(app.host);
  if (!prepared.ok) throw prepared.error;
  return app;
}

/** Known from its first moment on, so that it is ended whatever comes of it. */
export function startDaemon(context: VerbContext, { host }: App): ProcessRef {
  const argv = [...context.program, "daemon", "run", "--root", host.layout.root];
  const env = { ...host.facts.env, ...QUIET_BUN, ...DEMO_ENV };
  const spawned = host.exec.detach({ argv, cwd: "/", env });
  if (spawned.state === "failed") throw broken("its daemon did not start", spawned.detail);
  const { process } = spawned;
  if (!("start" in process)) throw broken("its daemon ended at once", "see iapeer doctor");
  return process;
}

/** Until it answers, or Ctrl-C comes. */
export async function untilItAnswers({ client, host }: App, asked: AbortSignal): Promise<void> {
  const until = host.clock.mono() + DAEMON_WAIT_MS;
  while (!asked.aborted && (await client.status()).state !== "running") {
    if (host.clock.mono() > until) throw broken("its daemon does not answer", "see iapeer doctor");
    await host.clock.sleep(POLL_MS, asked);
  }
}

/** Every session and the daemon are ended before the folder goes. */
export async function cleanUp({ app, daemon }: Scratch): Promise<void> {
  const { host } = app;
  const snapshot = await app.client.snapshot();
  if (snapshot.state === "answered") {
    const stops = snapshot.value.peers.map(({ personality }) =>
      app.client.verb({ personality, verb: "stop", request: {} }),
    );
    await Promise.all(stops);
  }
  const stopped = await app.client.stop();
  // One that does not answer yet.
  if (stopped.state !== "answered" && daemon !== null) host.processes.signal(daemon, "TERM");
  const until = host.clock.mono() + DAEMON_WAIT_MS;
  while (daemon !== null && host.processes.liveness(daemon) === "alive") {
    if (host.clock.mono() > until) throw broken("its daemon did not end", `pid ${daemon.pid}`);
    await host.clock.sleep(POLL_MS);
  }
  // What it launched before it could be asked to stop it lives on without it.
  if (snapshot.state !== "answered") await stopAlone(app);
  host.files.removeTree(host.layout.root);
}

async function stopAlone({ direct }: App): Promise<void> {
  for (const { personality } of (await direct.snapshot()).peers) {
    await direct.verb({ personality, verb: "stop", request: {} });
  }
}

const next = "iapeer demo --keep leaves its peers, to look at";

export const broken = (what: string, why: string): IapeerError =>
  new IapeerError({ code: "demo-failed", what: `the demonstration stopped: ${what}`, why, next });
