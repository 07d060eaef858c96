// One life of the daemon over a fake host, with a bound on how many effects it may have. A dead
// process touches nothing: its calls that wait never come back, and the others fail without an
// effect, whatever its leftover code still tries.

import type { LogEvent, LogName } from "../../src/core/log-event.ts";
import type { Exec } from "../../src/ports/exec.ts";
import type { Files } from "../../src/ports/files.ts";
import type { LogBook } from "../../src/ports/log-book.ts";
import type { Processes } from "../../src/ports/processes.ts";
import type { Tmux } from "../../src/ports/tmux.ts";
import type { Life } from "./time.ts";

export interface GuardOptions {
  /** Dies instead of its n-th effect, counted from 1. */
  readonly crashAt: number | null;
  /** Whatever a death brings with it. */
  readonly onDeath: () => void;
  /** The effect that was not to be. */
  readonly onCrashAt?: (effect: Effect) => void;
}

export interface Effect {
  readonly kind: string;
  readonly path: string;
}

export class Incarnation implements Life {
  ended = false;
  effects = 0;
  crashAt: number | null;

  constructor(private readonly options: GuardOptions) {
    this.crashAt = options.crashAt;
  }

  /** False when the effect must not happen. */
  may(kind: string, path: string): boolean {
    if (this.ended) return false;
    this.effects += 1;
    if (this.effects !== this.crashAt) return true;
    this.options.onCrashAt?.({ kind, path });
    this.die();
    return false;
  }

  die(): void {
    if (this.ended) return;
    this.ended = true;
    this.options.onDeath();
  }
}

const DEAD = { state: "failed", code: "EIO", detail: "this process has ended" } as const;

const never = <T>(): Promise<T> => new Promise(() => undefined);

export function guardFiles(files: Files, life: Incarnation): Files {
  const write = <T>(kind: string, path: string, effect: () => T) =>
    life.may(kind, path) ? effect() : DEAD;
  const read = <T>(look: () => T) => (life.ended ? DEAD : look());
  return {
    read: (path, maxBytes) => read(() => files.read(path, maxBytes)),
    readOwned: (path, uid, maxBytes) => read(() => files.readOwned(path, uid, maxBytes)),
    readHead: (path, bytes) => read(() => files.readHead(path, bytes)),
    readTail: (path, bytes) => read(() => files.readTail(path, bytes)),
    readOn: (path, position, bytes) => read(() => files.readOn(path, position, bytes)),
    stat: (path) => read(() => files.stat(path)),
    statTarget: (path) => read(() => files.statTarget(path)),
    list: (dir) => read(() => files.list(dir)),
    changesIn: (dir) => files.changesIn(dir),
    writeAtomic: (path, text, options) =>
      write("write", path, () => files.writeAtomic(path, text, options)),
    writeNew: (path, text) => write("write", path, () => files.writeNew(path, text)),
    linkNew: (path, text) => write("link", path, () => files.linkNew(path, text)),
    append: (path, text) => write("append", path, () => files.append(path, text)),
    realParent: (path) => files.realParent(path),
    makeFolder: (path, mode, durable) =>
      write("folder", path, () => files.makeFolder(path, mode, durable)),
    syncFolder: (dir) => write("sync", dir, () => files.syncFolder(dir)),
    remove: (path) => write("remove", path, () => files.remove(path)),
    removeEmpty: (dir) => write("remove-empty", dir, () => files.removeEmpty(dir)),
    removeTree: (path) => write("remove-tree", path, () => files.removeTree(path)),
    rename: (from, to) => write("rename", to, () => files.rename(from, to)),
    copyTruncate: (path, to, keep) =>
      write("truncate", path, () => files.copyTruncate(path, to, keep)),
  };
}

export function guardProcesses(processes: Processes, life: Incarnation): Processes {
  return {
    identify: (pid) => (life.ended ? "unknown" : processes.identify(pid)),
    liveness: (process) => (life.ended ? "unknown" : processes.liveness(process)),
    bothAlive: (parent, child) => !life.ended && processes.bothAlive(parent, child),
    childOf: (parent, pid) => (life.ended ? null : processes.childOf(parent, pid)),
    exists: (pid) => (life.ended ? "maybe" : processes.exists(pid)),
    signal: (process, signal) =>
      life.may("signal", String(process.pid)) ? processes.signal(process, signal) : "failed",
    use: (process) => (life.ended ? null : processes.use(process)),
    parent: (process) => (life.ended ? null : processes.parent(process)),
    descendants: (process) => (life.ended ? [] : processes.descendants(process)),
    reapOrphans: () => undefined,
    bootId: () => processes.bootId(),
    self: () => processes.self(),
  };
}

export function guardExec(exec: Exec, life: Incarnation): Exec {
  return {
    run: (spec) => (life.ended ? never() : exec.run(spec)),
    detach: (spec) =>
      life.may("detach", spec.argv.join(" ")) ? exec.detach(spec) : DEAD,
  };
}

export function guardTmux(tmux: Tmux, life: Incarnation): Tmux {
  const act = <T>(kind: string, socket: string, call: () => Promise<T>) =>
    life.may(kind, socket) ? call() : never<T>();
  return {
    version: () => (life.ended ? never() : tmux.version()),
    newSession: (spec) => act("new-session", spec.socket, () => tmux.newSession(spec)),
    probe: (socket) => (life.ended ? "unknown" : tmux.probe(socket)),
    listener: (socket) => (life.ended ? null : tmux.listener(socket)),
    query: (socket, identity, format) =>
      life.ended ? never() : tmux.query(socket, identity, format),
    capture: (...of) => (life.ended ? never() : tmux.capture(...of)),
    paste: (spec) => act("paste", spec.socket, () => tmux.paste(spec)),
    keys: (socket, identity, keys) =>
      act("keys", socket, () => tmux.keys(socket, identity, keys)),
    openLog: (socket, identity) =>
      act("open-log", socket, () => tmux.openLog(socket, identity)),
    signalChannel: (socket, channel) =>
      act("channel", socket, () => tmux.signalChannel(socket, channel)),
  };
}

export function guardLogBook(log: LogBook, life: Incarnation): LogBook {
  return {
    write: (name: LogName, event: LogEvent) => {
      if (life.may("log", `${name} ${event.ev}`)) log.write(name, event);
    },
    trouble: () => log.trouble(),
  };
}
