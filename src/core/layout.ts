// Where everything is (storage contract). Pure: joins paths, touches nothing.

import type { GenerationId, Identity } from "./names.ts";

export const LAYOUT_VERSION = 1;

/** Paths under IAPEER_ROOT. */
export interface Layout {
  readonly root: string;
  readonly layoutVersion: string;
  readonly doctrine: string;
  readonly registry: string;
  readonly memoryProvider: string;
  readonly peersDir: string;
  readonly runDir: string;
  readonly daemonSocket: string;
  readonly stateDir: string;
  readonly sessionsDir: string;
  readonly identityDocsDir: string;
  readonly daemonLease: string;
  readonly daemonInfo: string;
  /** Which service manager holds this root. */
  readonly managerRecord: string;
  /** How the daemon's latest starts went. */
  readonly daemonStarts: string;
  /** A daemon in the background was ended for another version. */
  readonly owedStart: string;
  /** What a service manager was last handed of each job. */
  readonly jobsDir: string;
  readonly heartbeat: string;
  /** How many processes had been killed for memory a moment ago. */
  readonly oomBase: string;
  readonly configFile: string;
  readonly logsDir: string;
  readonly lifecycleLog: string;
  readonly exitsLog: string;
  readonly deliveryLog: string;
  readonly serverDeathsDir: string;
  readonly panesDir: string;
  /** Output of the jobs that a service manager runs. */
  readonly jobLogsDir: string;
  identityDoc(identity: Identity): string;
  paneLog(identity: Identity): string;
  sessionDir(identity: Identity): string;
  generation(identity: Identity, generation: GenerationId): GenerationPaths;
}

/** Files of one generation's folder (lifecycle §5). */
export interface GenerationPaths {
  readonly dir: string;
  readonly start: string;
  readonly tmuxConf: string;
  readonly canaryScript: string;
  readonly hookScript: string;
  readonly canaryPid: string;
  readonly attached: string;
  /** Noted by the session itself at its birth. */
  readonly pids: string;
  readonly end: string;
  /** Doctrine and other files that a runtime's launch asked for. */
  readonly filesDir: string;
}

export function layout(root: string): Layout {
  const state = `${root}/state/iapeer`;
  const logs = `${root}/logs/iapeer`;
  const sessionDir = (identity: Identity) => `${state}/sessions/${identity}`;
  return {
    root,
    layoutVersion: `${state}/layout.json`,
    doctrine: `${root}/IAPEER.md`,
    registry: `${root}/peers-profiles.json`,
    memoryProvider: `${root}/memory-provider.json`,
    peersDir: `${root}/peers`,
    runDir: `${root}/run`,
    daemonSocket: `${root}/run/daemon.sock`,
    stateDir: state,
    sessionsDir: `${state}/sessions`,
    identityDocsDir: `${state}/peers`,
    daemonLease: `${state}/daemon.lease`,
    daemonInfo: `${state}/daemon.json`,
    managerRecord: `${state}/manager.json`,
    daemonStarts: `${state}/daemon-starts.json`,
    owedStart: `${state}/daemon-owed`,
    jobsDir: `${state}/jobs`,
    heartbeat: `${state}/heartbeat.json`,
    oomBase: `${state}/oom-kills`,
    configFile: `${root}/config.json`,
    logsDir: logs,
    lifecycleLog: `${logs}/lifecycle.log`,
    exitsLog: `${logs}/exits.log`,
    deliveryLog: `${logs}/delivery.log`,
    serverDeathsDir: `${logs}/server-deaths`,
    panesDir: `${logs}/panes`,
    jobLogsDir: `${logs}/jobs`,
    identityDoc: (identity) => `${state}/peers/${identity}.json`,
    paneLog: (identity) => `${logs}/panes/${paneLogName(identity)}`,
    sessionDir,
    generation: (identity, generation) =>
      generationPaths(`${sessionDir(identity)}/${generation}`),
  };
}

/** Of the file in `panesDir`. */
export const paneLogName = (identity: Identity): string => `${identity}.log`;

/** Whose pane log a file of this name would be. */
export const paneLogOwner = (name: string): Identity => name.replace(/\.log$/, "") as Identity;

function generationPaths(dir: string): GenerationPaths {
  return {
    dir,
    start: `${dir}/start.json`,
    tmuxConf: `${dir}/tmux.conf`,
    canaryScript: `${dir}/canary.sh`,
    hookScript: `${dir}/pane-died.sh`,
    canaryPid: `${dir}/canary.pid`,
    attached: `${dir}/attached`,
    pids: `${dir}/pids`,
    end: `${dir}/end.json`,
    filesDir: `${dir}/files`,
  };
}

/** Paths under a peer's own folder. */
export interface PeerLayout {
  readonly dir: string;
  readonly profile: string;
  readonly doctrine: string;
  readonly fragmentsDir: string;
  launchEnv(runtime: string): string;
  /** The folders from `.iapeer` down to that of `launch.env`. */
  runtimeFolders(runtime: string): readonly string[];
}

export function peerLayout(cwd: string): PeerLayout {
  const dir = `${cwd}/.iapeer`;
  return {
    dir,
    profile: `${dir}/peer-profile.json`,
    doctrine: `${dir}/IAPEER.md`,
    fragmentsDir: `${dir}/fragments`,
    launchEnv: (runtime) => `${dir}/runtimes/${runtime}/launch.env`,
    runtimeFolders: (runtime) => [dir, `${dir}/runtimes`, `${dir}/runtimes/${runtime}`],
  };
}
