// The program is one for all roots of a user: while a job of another root starts it, taking it away
// would leave that root with a daemon that its service manager starts in vain.

import { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { DAEMON_JOB } from "../../core/service.ts";
import { parseJobFile } from "../../formats/job-shown.ts";
import { quoteSh } from "../../formats/sh-quote.ts";
import { keeperOfFiles, type ServiceContext } from "../service/context.ts";

/** Null: no job of another root starts it. */
export function usedElsewhere(context: ServiceContext): IapeerError | null {
  const { files, facts } = context.host;
  const { share } = installLayout(facts.home);
  const manager = keeperOfFiles(context);
  for (const id of [DAEMON_JOB, ...manager.held()]) {
    const owner = manager.ownerOf(id);
    if (owner.owner !== "another-root") continue;
    const read = files.read(manager.fileOf(id) ?? "");
    const shown = read.state === "ok" ? parseJobFile(read.text) : null;
    if (shown?.program?.startsWith(`${share}/`) === true) return inUse(owner.root);
  }
  return null;
}

const inUse = (root: string): IapeerError =>
  new IapeerError({
    code: "program-in-use",
    what: `the root ${root} is held by jobs that start this program`,
    next: `iapeer --root ${quoteSh(root)} daemon uninstall; then uninstall again`,
  });
