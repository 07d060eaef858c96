// Calls of `launchctl`, each bounded. Exit codes are read as the facts page has them: only 113
// says that a job is not loaded; whatever else is not 0 says that the question failed.

import { disabledIn, parsePrint, type Printed } from "../../formats/launchctl-print.ts";
import type { Exec, RunOutcome } from "../../ports/exec.ts";
import type { DomainState } from "../../rules/choose-domain.ts";

export const EXIT = {
  done: 0,
  noSuchProcess: 3,
  ioError: 5,
  alreadyBootstrapped: 17,
  inProgress: 36,
  busy: 37,
  noSuchDomain: 112,
  noSuchService: 113,
  disabled: 119,
  unsupported: 125,
} as const;

export type Looked =
  | { readonly state: "loaded"; readonly printed: Printed }
  | { readonly state: "not-loaded" }
  | { readonly state: "unknown"; readonly detail: string };

export interface Called {
  /** Null: it did not run to its end. */
  readonly code: number | null;
  /** One line for a person. */
  readonly detail: string;
  readonly stderr: string;
}

export class Launchctl {
  constructor(
    private readonly exec: Exec,
    private readonly program: string,
    private readonly callMs: number,
  ) {}

  private run(args: readonly string[]): Promise<RunOutcome> {
    return this.exec.run({ argv: [this.program, ...args], timeoutMs: this.callMs });
  }

  async call(...args: readonly string[]): Promise<Called> {
    const ran = await this.run(args);
    const stderr = ran.stderr.trim();
    return { code: codeOf(ran), detail: tell(args, ran), stderr };
  }

  async print(target: string): Promise<Looked> {
    const ran = await this.run(["print", target]);
    switch (codeOf(ran)) {
      case EXIT.done:
        return { state: "loaded", printed: parsePrint(ran.stdout) };
      case EXIT.noSuchService:
        return { state: "not-loaded" };
      default:
        return { state: "unknown", detail: tell(["print", target], ran) };
    }
  }

  /** A domain itself: 112 and 125 say that this user has none of the kind here. */
  async domain(name: string): Promise<DomainState> {
    switch (codeOf(await this.run(["print", name]))) {
      case EXIT.done:
        return "there";
      case EXIT.noSuchDomain:
      case EXIT.unsupported:
        return "absent";
      default:
        return "unknown";
    }
  }

  /** Null: it does not say. */
  async isDisabled(domain: string, label: string): Promise<boolean | null> {
    const ran = await this.run(["print-disabled", domain]);
    return codeOf(ran) === EXIT.done ? disabledIn(ran.stdout, label) : null;
  }
}

const codeOf = (ran: RunOutcome): number | null =>
  ran.state === "ok" || ran.state === "failed" ? ran.exitCode : null;

function tell(args: readonly string[], ran: RunOutcome): string {
  const verb = `launchctl ${args[0] ?? ""}`;
  if (ran.state === "timeout") return `${verb} did not answer within ${ran.ms} ms`;
  if (ran.state === "not-executable") return `${verb} cannot be run: ${ran.stderr.trim()}`;
  const said = ran.stderr.trim().split("\n").at(-1) ?? "";
  const how = ran.exitCode === null ? `was ended by ${ran.signal}` : `exit ${ran.exitCode}`;
  return said === "" ? `${verb}: ${how}` : `${verb}: ${how}: ${said}`;
}
