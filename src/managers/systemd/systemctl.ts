// Calls of `systemctl --user`, each bounded. Without a user manager every call fails alike, so
// what it says of a unit counts only when it has said something of it.

import { parseShow, SHOWN_KEYS, type UnitShown } from "../../formats/systemctl-show.ts";
import type { Exec, RunOutcome } from "../../ports/exec.ts";

export type Shown =
  | { readonly state: "shown"; readonly unit: UnitShown }
  | { readonly state: "unknown"; readonly detail: string };

export interface Called {
  readonly ok: boolean;
  readonly code: number | null;
  readonly stderr: string;
  readonly detail: string;
}

export class Systemctl {
  constructor(
    private readonly exec: Exec,
    private readonly program: string,
    private readonly callMs: number,
  ) {}

  private run(args: readonly string[], timeoutMs: number): Promise<RunOutcome> {
    return this.exec.run({ argv: [this.program, "--user", ...args], timeoutMs });
  }

  /** `waitMs`: how much longer than a plain question it may take (a unit that stops). */
  async call(args: readonly string[], waitMs = 0): Promise<Called> {
    const ran = await this.run(args, this.callMs + waitMs);
    const { exitCode, stderr } = ran;
    const detail = tell(args, ran);
    return { ok: ran.state === "ok", code: exitCode, stderr: stderr.trim(), detail };
  }

  async show(unit: string): Promise<Shown> {
    const args = ["show", "--no-pager", `--property=${SHOWN_KEYS.join(",")}`, unit];
    const ran = await this.run(args, this.callMs);
    const shown = ran.state === "ok" ? parseShow(ran.stdout) : null;
    if (shown !== null) return { state: "shown", unit: shown };
    return { state: "unknown", detail: tell(["show"], ran) };
  }
}

function tell(args: readonly string[], ran: RunOutcome): string {
  const verb = `systemctl --user ${args[0] ?? ""}`;
  if (ran.state === "timeout") return `${verb} did not answer within ${ran.ms} ms`;
  if (ran.state === "not-executable") return `${verb} cannot be run: ${ran.stderr.trim()}`;
  const said = ran.stderr.trim().split("\n").at(-1) ?? "";
  const how = ran.exitCode === null ? `was ended by ${ran.signal}` : `exit ${ran.exitCode}`;
  return said === "" ? `${verb}: ${how}` : `${verb}: ${how}: ${said}`;
}
