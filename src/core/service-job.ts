// The jobs that iapeer has a service manager hold: the daemon, and each always-on infrastructure
// peer (service-manager contract). Pure; what a plist or unit makes of them is in formats/.

import { layout } from "./layout.ts";
import type { Personality, RuntimeName } from "./names.ts";
import { DAEMON_JOB, labelOf, peerJobId, type JobId, type ServiceJob } from "./service.ts";

export interface JobPlace {
  readonly root: string;
  /** The argv that runs iapeer, each path absolute and the same after an upgrade. */
  readonly program: readonly string[];
  readonly build: string;
  readonly home: string;
  /** Absolute folders; a manager's own PATH lacks tmux and the runtimes. */
  readonly path: string;
  /** A UTF-8 locale: without one tmux mangles what it prints. */
  readonly lang: string;
}

const EXIT_TIMEOUT_SECS = 20;

/**
 * For processes that live for long and do little: bun does not collect garbage each second for
 * half a minute after every tick, which was three quarters of all the time that an idle daemon
 * took. What there is to collect after launches, the daemon collects itself.
 */
export const QUIET_BUN = { BUN_GC_TIMER_DISABLE: "1" } as const;

export const daemonJob = (place: JobPlace): ServiceJob => ({
  ...common(place, DAEMON_JOB),
  description: "iapeer daemon",
  argv: [...place.program, "daemon", "run", "--held"],
  restart: "always",
  throttleSecs: 10,
});

export const peerJob = (
  place: JobPlace,
  peer: { readonly personality: Personality; readonly runtime: RuntimeName },
): ServiceJob => ({
  ...common(place, peerJobId(peer.personality)),
  description: `iapeer peer ${peer.personality}`,
  argv: [...place.program, "run-infra", peer.personality, peer.runtime],
  restart: "on-failure",
  throttleSecs: 30,
});

function common(
  place: JobPlace,
  id: JobId,
): Omit<ServiceJob, "description" | "argv" | "restart" | "throttleSecs"> {
  // launchd opens it before our code runs: a folder that is not there then means exit code 78.
  const log = `${layout(place.root).jobLogsDir}/${labelOf(id)}.log`;
  return {
    id,
    root: place.root,
    build: place.build,
    env: {
      ...QUIET_BUN,
      HOME: place.home,
      IAPEER_ROOT: place.root,
      LANG: place.lang,
      PATH: place.path,
    },
    cwd: place.root,
    stdout: log,
    stderr: log,
    exitTimeoutSecs: EXIT_TIMEOUT_SECS,
  };
}
