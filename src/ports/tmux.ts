// Port: tmux, one server a socket (lifecycle §7). Every answer may be `unknown`.

import type { ProcessRef } from "../core/process-ref.ts";
import type { Identity } from "../core/names.ts";

export interface NewSessionSpec {
  readonly socket: string;
  readonly identity: Identity;
  readonly conf: string;
  readonly cwd: string;
  /** The pane's argv; run directly, no shell. */
  readonly argv: readonly string[];
  /**
   * The whole environment of the client, which the server inherits as its global one: so no
   * value is ever on a command line (the server keeps its first client's argv).
   */
  readonly env: Readonly<Record<string, string>>;
  /** An entry of `env` that this launch alone has, `NAME=value`: what is left of it is found so. */
  readonly mark?: string;
  /**
   * The generation's canary script. It then starts the client itself and keeps it as the one
   * that waits for the server's end: one process less to start a session.
   */
  readonly canaryScript?: string;
  /** Called as soon as the pid of the client, or of the canary that starts it, is known. */
  readonly onClient?: (client: ProcessRef | { pid: number }) => void;
  readonly timeoutMs: number;
}

export type NewSessionOutcome =
  | {
      readonly state: "up";
      readonly serverPid: number;
      readonly panePid: number;
      /** The canary that already waits; absent too when it has ended meanwhile. */
      readonly canary?: { readonly pid: number };
    }
  | {
      readonly state: "failed";
      /** Of no tmux (`not-found`), and of what could not be run (`unfit`), nothing was started. */
      readonly reason: "not-found" | "unfit" | "refused" | "timeout";
      readonly detail: string;
      /** What was not there; `executable`: the program's x bit; `file`: it is a folder. */
      readonly lacks?: "tmux" | "program" | "executable" | "file" | "folder" | "descriptors";
      /** The PATH in which it was looked for. */
      readonly searched?: string;
    };

/** What is behind a socket path, by connecting and closing at once. */
export type SocketProbe = "answers" | "refused" | "missing" | "not-a-socket" | "unknown";

export type QueryOutcome =
  | { readonly state: "answered"; readonly text: string }
  | { readonly state: "no-server" }
  /** In words for people: tmux's own, if it has any. */
  | { readonly state: "unknown"; readonly detail: string };

export interface PasteSpec {
  readonly socket: string;
  readonly identity: Identity;
  readonly text: string;
}

/** One tmux server a socket; every call names its own socket. */
export interface Tmux {
  version(): Promise<{ state: "ok"; version: string } | { state: "missing"; detail: string }>;
  newSession(spec: NewSessionSpec): Promise<NewSessionOutcome>;
  probe(socket: string): SocketProbe;
  /** Who listens there, by the kernel's word: 0 is a process that is not to be seen from here. */
  listener(socket: string): number | null;
  /** `display-message -p <format>` in the session. */
  query(socket: string, identity: Identity, format: string): Promise<QueryOutcome>;
  /** The visible screen as text; with its styles in between, if asked for. */
  capture(socket: string, identity: Identity, style?: "styled"): Promise<QueryOutcome>;
  /** Bracketed paste of exactly this text; presses no key. */
  paste(spec: PasteSpec): Promise<QueryOutcome>;
  /** Named keys (`Enter`, `Down`, `C-c`). */
  keys(socket: string, identity: Identity, keys: readonly string[]): Promise<QueryOutcome>;
  /** Has the own pane's output go anew to where its settings say, and no longer elsewhere. */
  openLog(socket: string, identity: Identity): Promise<QueryOutcome>;
  /** Wakes the canary's `wait-for`. */
  signalChannel(socket: string, channel: string): Promise<QueryOutcome>;
}
