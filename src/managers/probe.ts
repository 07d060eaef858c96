// What is looked at before a manager is chosen: whether its own program answers for this user.

import type { ProgramProbe } from "../core/service.ts";
import type { Exec, RunOutcome } from "../ports/exec.ts";
import type { ManagerDeps } from "./deps.ts";
import { EXIT } from "./launchd/launchctl.ts";
import { isLaunchctlThere, isSystemctlThere } from "./there.ts";

/** Any of the user's domains will do: which one it is, is chosen later. */
export async function probeLaunchctl(deps: ManagerDeps): Promise<ProgramProbe> {
  if (!isLaunchctlThere(deps)) return { state: "absent" };
  const ask = (kind: string) => run(deps, [deps.launchctl, "print", `${kind}/${deps.uid}`]);
  const [gui, user] = await Promise.all([ask("gui"), ask("user")]);
  if (gui.exitCode === 0 || user.exitCode === 0) return { state: "answers" };
  const codes: readonly (number | null)[] = [EXIT.noSuchDomain, EXIT.unsupported];
  if (codes.includes(gui.exitCode) && codes.includes(user.exitCode)) {
    return { state: "no-manager", detail: "this user has neither a gui nor a user domain" };
  }
  return unanswered(gui);
}

/** Its version, which only the manager itself can tell; one that is degraded tells it too. */
export async function probeSystemctl(deps: ManagerDeps): Promise<ProgramProbe> {
  if (!isSystemctlThere(deps)) return { state: "absent" };
  const ran = await run(deps, [deps.systemctl, "--user", "show", "--property=Version"]);
  if (/^Version=\S/m.test(ran.stdout)) return { state: "answers" };
  if (ran.state === "failed") return { state: "no-manager", detail: lastLine(ran) };
  return unanswered(ran);
}

const run = (deps: { exec: Exec; limits: { callMs: number } }, argv: readonly string[]) =>
  deps.exec.run({ argv, timeoutMs: deps.limits.callMs });

function unanswered(ran: RunOutcome): ProgramProbe {
  const detail = ran.state === "timeout" ? `no answer within ${ran.ms} ms` : lastLine(ran);
  return { state: "unknown", detail };
}

/** What is no manager's own program may say anything, and much of it. */
const SAID_MAX = 200;

function lastLine({ exitCode, stderr, stdout }: RunOutcome): string {
  const ends = [stderr, stdout].map((text) => text.trim().split("\n").at(-1) ?? "");
  const said = ends.find((end) => end !== "") ?? "";
  if (said === "") return `exit ${exitCode}`;
  return said.length > SAID_MAX ? `${said.slice(0, SAID_MAX)}…` : said;
}
