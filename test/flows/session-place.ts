// One life of one session on a fake host, looked at and ended by single flows: what they send,
// what they record, and what they cannot be told.

import type { EndRecord, StartRecord } from "../../src/core/generation.ts";
import type { LogEvent } from "../../src/core/log-event.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { pathsOf, readEnd, writeStart } from "../../src/flows/session/records.ts";
import type { Host } from "../../src/ports/host.ts";
import { START } from "../formats/record-samples.ts";
import type { ProcessEntry } from "../fakes/process-table.ts";
import { GOOD, SimWorld } from "../fakes/sim-world.ts";
import { pass, settle } from "../fakes/time.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";

export interface PlaceOptions {
  /** The pane's process ignores HUP and TERM. */
  readonly stubborn?: boolean;
  /** The start record is of another boot, whose pids and start times came round again. */
  readonly otherBoot?: boolean;
}

export class SessionPlace {
  readonly world: SimWorld;
  readonly host: Host;
  readonly start: StartRecord;
  readonly server: FakeServer;
  readonly pane: ProcessEntry;
  /** Pids of whom no look tells whether they live. */
  readonly hidden = new Set<number>();
  /** Every signal that was sent, as `TERM pane`. */
  readonly sent: string[] = [];
  readonly events: LogEvent[] = [];

  constructor(options: PlaceOptions = {}) {
    const { stubborn = false, otherBoot = false } = options;
    this.world = new SimWorld({ seed: 1, behaviour: () => ({ ...GOOD, stubborn }) });
    const { table } = this.world;
    this.world.onLog = (_, event) => void this.events.push(event);
    this.host = this.world.man().host;
    this.hide();
    this.server = this.boot(START.generation);
    this.pane = this.server.pane.process;
    this.start = {
      ...START,
      bootId: otherBoot ? "another" : table.bootId(),
      socket: this.socket,
      server: this.server.process.ref,
      pane: this.pane.ref,
    };
    writeStart(this.host, this.start);
    table.onSent = ({ signal, to }) => void this.sent.push(`${signal} ${to.kind}`);
  }

  get socket(): string {
    return `${this.world.layout.runDir}/${START.identity}.sock`;
  }

  /** A server on the session's socket; `stamp` is the generation that its tmux.conf names. */
  boot(stamp: string | null): FakeServer {
    const { files } = this.world;
    const { dir, tmuxConf: conf } = pathsOf(this.host, START);
    for (const folder of [dir, this.world.layout.runDir]) files.makeFolder(folder);
    files.writeAtomic(conf, stamp === null ? "" : `set-option -g @iapeer_generation ${stamp}\n`);
    const { identity, argv, cwd } = START;
    return this.world.tmux.boot({ identity, argv, cwd, env: {}, conf, socket: this.socket });
  }

  /** The canary's script runs, and watches. */
  async arm(): Promise<ProcessEntry> {
    const { dir, canaryScript } = pathsOf(this.host, START);
    this.world.files.writeAtomic(canaryScript, "");
    const recorder = this.world.witnesses.canary(dir);
    if (recorder === null) throw new Error("there is no canary");
    await this.pass(10);
    return recorder;
  }

  /** Somebody of whom `canary.pid` says that it is the recorder; it does nothing. */
  idleCanary(): ProcessEntry {
    const canary = this.world.table.spawn({ kind: "canary" });
    const { pid, start } = canary.ref;
    const text = `{"pid":${pid},"start":"${start}"}\n`;
    this.world.files.writeAtomic(pathsOf(this.host, START).canaryPid, text);
    return canary;
  }

  /** A child of the pane's process, which outlives a hangup. */
  child(): ProcessEntry {
    return this.world.table.spawn({ kind: "child", parent: this.pane });
  }

  kill(entry: ProcessEntry): void {
    this.world.table.deliver(entry, "KILL");
  }

  /** The next `times` records of an end find no room. */
  noRoomFor(times: number): void {
    const { files } = this.host;
    const linkNew = files.linkNew.bind(files);
    let left = times;
    files.linkNew = (path, text) => {
      left -= 1;
      if (left < 0) return linkNew(path, text);
      return { state: "failed", code: "ENOSPC", detail: "no space left on device" };
    };
  }

  end(): EndRecord | null {
    const read = readEnd(this.host, START);
    return read.state === "recorded" ? read.end : null;
  }

  /** Lets time pass for as long as the work takes. */
  settle<T>(work: Promise<T>): Promise<T> {
    return settle(this.world.time, work);
  }

  pass(ms: number): Promise<void> {
    return pass(this.world.time, ms);
  }

  private hide(): void {
    const { processes } = this.host;
    const liveness = processes.liveness.bind(processes);
    const bothAlive = processes.bothAlive.bind(processes);
    const isHidden = ({ pid }: ProcessRef) => this.hidden.has(pid);
    processes.liveness = (ref) => (isHidden(ref) ? "unknown" : liveness(ref));
    processes.bothAlive = (parent, child) =>
      !isHidden(parent) && !isHidden(child) && bothAlive(parent, child);
  }
}
