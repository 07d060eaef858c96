// What came of putting a version of the program in use, for a person and for a program.

import { dirname, resolve } from "node:path";
import type { IapeerError } from "../core/error.ts";
import type { Result } from "../core/result.ts";
import type { Installation, InstallSpec } from "../flows/install/install.ts";
import { choose } from "../flows/service/daemon-service.ts";
import { usage } from "./args.ts";
import { commandLine, startNext } from "./ask.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { untilInterrupted, withProgress } from "./progress.ts";
import { visible } from "./render/text.ts";
import { servicesOf } from "./service.ts";

/** `--from`, from where it was typed. */
export function fromOf({ args, cwd, spec }: VerbContext): InstallSpec {
  const from = args.text("from");
  // As of a variable that is not set: the present folder is not what was meant.
  if (from === "") throw usage("--from needs a value", `see iapeer ${spec.name} --help`);
  return from === undefined ? {} : { from: resolve(cwd, from) };
}

/** One that Ctrl-C cuts off leaves whole versions only, of which one is in use. */
export function putInPlace<T>(context: VerbContext, work: Promise<T>): Promise<T> {
  const { name } = context.spec;
  const whole = untilInterrupted(context, work, {
    what: `${name} was cut off`,
    why: "what was in use before still is, or the new version is: either is whole",
    next: `iapeer ${name} again completes it`,
  });
  return withProgress(context, name, whole);
}

export async function tellInstallation(
  context: VerbContext,
  outcome: Result<Installation, IapeerError>,
): Promise<VerbExit> {
  if (!outcome.ok) throw outcome.error;
  const { output } = context;
  const { state, build, previous, launcher, daemon } = outcome.value;
  output.json({ schema: "iapeer.installation.v1", ...outcome.value });
  const before = previous === null ? "" : `; ${previous} is kept`;
  output.line(visible(`${state}: ${build} is in use, as ${launcher}${before}`));
  switch (daemon.state) {
    case "restarted":
      output.line(`the daemon runs it (pid ${daemon.pid ?? "?"}), and is healthy`);
      for (const note of daemon.notes) output.warn(visible(note));
      break;
    case "as-it-was":
      output.line(`the daemon runs it already (pid ${daemon.pid ?? "?"}), and was left alone`);
      for (const note of daemon.notes) output.warn(visible(note));
      break;
    case "in-a-terminal":
      output.warn(`the daemon in a terminal (pid ${daemon.pid}) still runs what it was started as`);
      break;
    case "no-daemon":
      output.note(`no daemon runs here; ${await howToHaveOne(context)}`);
  }
  tellPath(context, dirname(launcher));
  return 0;
}

/** One that an install has put here was not running, or did not come up. */
async function howToHaveOne(context: VerbContext): Promise<string> {
  const app = await context.app();
  const chosen = app.services.recorded === null ? await choose(servicesOf(app), null) : null;
  const manager = chosen?.ok === true ? chosen.value.manager : "embedded";
  if (manager === "embedded") return startNext(context, app.services);
  return `to have ${manager} start it and hold it: ${commandLine(context, "daemon install")}`;
}

function tellPath({ env, output }: VerbContext, dir: string): void {
  if ((env["PATH"] ?? "").split(":").includes(dir)) return;
  output.note(visible(`${dir} is not on your PATH: add it in your shell's profile`));
}
