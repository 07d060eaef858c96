// What a verb is handed. Each verb is one module with one function, loaded when it is chosen.

import type { App } from "./app.ts";
import type { Args } from "./args.ts";
import type { Output } from "./output.ts";
import type { VerbSpec } from "./spec.ts";
import type { CliTerminal } from "./terminal.ts";

/** 0: done. 1: the thing asked for failed, or an error was found. 2: usage or input. */
export type VerbExit = 0 | 1 | 2;

export interface VerbContext {
  /** Of a folder launch the name is the runtime's. */
  readonly spec: VerbSpec;
  readonly args: Args;
  readonly output: Output;
  readonly terminal: CliTerminal;
  /** Working folder of the person who typed the command. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Built at first use: verbs that print a constant never pay for it. */
  app(): Promise<App>;
  /** An App of another root; the demonstration has one of its own. */
  appAt(root: string): Promise<App>;
  /** The argv that runs this program again. */
  readonly program: readonly string[];
}

export interface VerbModule {
  run(context: VerbContext): Promise<VerbExit>;
}
