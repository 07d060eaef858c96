// The witnesses of a generation as actors (lifecycle §5, §6): the pane-died hook and the canary,
// step by step as their scripts do it, each step of theirs a moment at which they may be killed.

import type { LogEvent } from "../../src/core/log-event.ts";
import { wallMs } from "../../src/core/brand.ts";
import type { EndRecord, StartRecord } from "../../src/core/generation.ts";
import type { ServerExitCause } from "../../src/core/states.ts";
import { endLogEvent, renderEndRecord } from "../../src/formats/end-record.ts";
import { renderInstant } from "../../src/formats/instant.ts";
import { renderLine } from "../../src/formats/logfmt.ts";
import { parseStartRecord } from "../../src/formats/start-record.ts";
import type { FakeFiles } from "./files.ts";
import type { ExitHow, ProcessEntry, ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./time.ts";
import type { FakeServer, TmuxHost } from "./tmux-host.ts";

export interface WitnessOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly table: ProcessTable;
  readonly files: FakeFiles;
  readonly tmux: TmuxHost;
  readonly exitsLog: string;
}

interface Watch {
  readonly recorder: ProcessEntry;
  readonly dir: string;
  client: ProcessEntry | null;
  /** The last client's exit code. */
  code: number;
  /** It was started to bring the server up as well. */
  launching: boolean;
}

const STEP_MAX_MS = 3;
const SERVER_EXITING_PAUSE_MS = 500;
const CANARY_TRIES = 5;
const TRY_AGAIN_MS = 2000;

export class Witnesses {
  constructor(private readonly options: WitnessOptions) {}

  /** The hook of tmux.conf: record, log, end the server. */
  paneDied(server: FakeServer): void {
    const { files, table, time, tmux } = this.options;
    const hook = table.spawn({ kind: "hook", owner: server.dir, parent: server.process });
    const how = server.pane.dead;
    const start = this.startOf(server.dir);
    this.step(hook, () => {
      const ended = files.tree.at(`${server.dir}/end.json`) !== null;
      const known = start === null || how === null || ended;
      const record = known ? null : sessionExit(start, how, time.wall());
      this.record(hook, record, () => {
        // Through its socket, and only if the stamp is still this generation's.
        if (tmux.at(server.socket) === server) tmux.askToExit(server);
        table.exit(hook, { code: 0 });
      });
    });
  }

  /** `sh <dir>/canary.sh`; null when there is no such script. */
  canary(dir: string): ProcessEntry | null {
    if (this.options.files.stat(`${dir}/canary.sh`).state !== "ok") return null;
    const watch = this.recorder(dir);
    this.step(watch.recorder, () => {
      this.writePid(watch);
      this.wait(watch);
    });
    return watch.recorder;
  }

  /** `sh <dir>/canary.sh <arguments>`: its client brings the server up, and waits first. */
  launch(dir: string): { readonly recorder: ProcessEntry; readonly client: ProcessEntry } {
    const watch = this.recorder(dir);
    watch.launching = true;
    this.step(watch.recorder, () => this.writePid(watch));
    return { recorder: watch.recorder, client: this.client(watch) };
  }

  private recorder(dir: string): Watch {
    const { table } = this.options;
    const recorder = table.spawn({
      kind: "canary",
      owner: dir,
      // Dismissed: it takes its client along. KILL leaves the client behind.
      onSignal: () => {
        if (watch.client !== null) table.deliver(watch.client, "TERM");
        table.exit(recorder, { code: 0 });
        return true;
      },
    });
    const watch: Watch = { recorder, dir, client: null, code: 1, launching: false };
    return watch;
  }

  private writePid({ recorder, dir }: Watch): void {
    const { pid, start } = recorder.ref;
    this.options.files.writeAtomic(`${dir}/canary.pid`, `{"pid":${pid},"start":"${start}"}\n`);
  }

  private wait(watch: Watch): void {
    if (!this.over(watch)) this.hold(watch, this.client(watch));
  }

  /** A tmux client; TERM makes it exit with 0, as a signal on the channel does. */
  private client(watch: Watch): ProcessEntry {
    const { table } = this.options;
    const client = table.spawn({
      kind: "canary-client",
      owner: watch.dir,
      parent: watch.recorder,
      onSignal: () => {
        table.exit(client, { code: 0 });
        return true;
      },
      onExit: (how) => {
        watch.code = "code" in how ? how.code : 128 + how.signal;
        watch.client = null;
        this.step(watch.recorder, () => this.woken(watch));
      },
    });
    watch.client = client;
    return client;
  }

  /** The client waits on the channel of whatever server has the socket. */
  private hold({ dir }: Watch, client: ProcessEntry): void {
    const start = this.startOf(dir);
    if (start !== null) this.waitOn(start, client);
  }

  waitOn({ socket, identity }: Pick<StartRecord, "socket" | "identity">, client: ProcessEntry) {
    const { table, tmux } = this.options;
    const cancel = tmux.wait(socket, `iap-canary-${identity}`, (code) => {
      table.exit(client, { code });
    });
    table.watch(client, cancel);
  }

  private woken(watch: Watch): void {
    if (this.over(watch)) return;
    watch.launching = false;
    this.options.time.schedule(SERVER_EXITING_PAUSE_MS, () => {
      if (watch.recorder.state === "running") this.wait(watch);
    });
  }

  /** Silent when the end is on record; else the end is recorded once the server is dead. */
  private over(watch: Watch): boolean {
    const { files, table, time } = this.options;
    const { recorder, dir } = watch;
    const start = this.startOf(dir);
    if (start === null || files.stat(`${dir}/end.json`).state === "ok") {
      table.exit(recorder, { code: 0 });
      return true;
    }
    if (this.serverLives(dir, start)) return false;
    // A server that never came up is the launcher's to record.
    const silent = watch.launching && start.server === undefined;
    const record = silent ? null : serverExit(start, watch.code, time.wall());
    this.record(recorder, record, () => table.exit(recorder, { code: 0 }));
    return true;
  }

  /** By pid and start time; without a known pid, by the stamp of whoever has the socket. */
  private serverLives(dir: string, start: StartRecord): boolean {
    if (start.server !== undefined) return this.options.table.running(start.server) !== null;
    return this.options.tmux.at(start.socket)?.dir === dir;
  }

  /** Link first, then the line in exits.log, if the link was ours. */
  private record(by: ProcessEntry, record: EndRecord | null, after: () => void): void {
    if (record === null) return after();
    const { files, time } = this.options;
    const dir = by.owner ?? "";
    let tries = 0;
    const put = () => {
      const linked = files.linkNew(`${dir}/end.json`, renderEndRecord(record), false);
      tries += 1;
      // A canary tries a full disk again a few times, the hook does not.
      if (linked.state === "failed" && by.kind === "canary" && tries < CANARY_TRIES) {
        time.schedule(TRY_AGAIN_MS, () => this.step(by, put));
        return;
      }
      this.step(by, () => {
        if (linked.state === "ok") this.append(endLogEvent(record));
        after();
      });
    };
    this.step(by, put);
  }

  private append(event: LogEvent): void {
    const { files, time, exitsLog } = this.options;
    files.append(exitsLog, renderLine({ ...event, wall: wallMs(Math.floor(time.wall())) }));
  }

  private step(by: ProcessEntry, work: () => void): void {
    const { time, random } = this.options;
    time.schedule(random.next() * STEP_MAX_MS, () => {
      if (by.state === "running") work();
    });
  }

  private startOf(dir: string): StartRecord | null {
    const read = this.options.files.read(`${dir}/start.json`);
    if (read.state !== "ok") return null;
    const parsed = parseStartRecord(read.text);
    return parsed.ok ? parsed.value : null;
  }
}

/** What every witness's record has. */
function base(start: StartRecord, wall: number): Omit<EndRecord, "ev" | "by"> {
  return {
    version: 1,
    identity: start.identity,
    generation: start.generation,
    ts: renderInstant(wallMs(Math.floor(wall))),
    ...(start.server === undefined ? {} : { serverPid: start.server.pid }),
    verdict: { oom: "unknown", ours: false, confidence: "likely" },
  };
}

function sessionExit(start: StartRecord, how: ExitHow, wall: number): EndRecord {
  const dead = "code" in how ? { deadStatus: how.code } : { deadSignal: how.signal };
  return { ...base(start, wall), ev: "session-exit", by: "hook", ...dead };
}

function serverExit(start: StartRecord, waitRc: number, wall: number): EndRecord {
  return { ...base(start, wall), ev: "server-exit", by: "canary", waitRc, cause: causeOf(waitRc) };
}

function causeOf(waitRc: number): ServerExitCause {
  if (waitRc === 0) return "signaled-server-gone";
  return waitRc >= 128 ? "client-killed-server-gone" : "server-vanished";
}
