// A root that is not there (storage contract): most often its name was mistyped, so that whoever
// asks about something in it is told.

import { IapeerError } from "../../core/error.ts";
import type { Host } from "../../ports/host.ts";

export const isRootAbsent = ({ files, layout }: Host): boolean =>
  files.statTarget(layout.root).state === "missing";

export const noRoot = ({ layout }: Host): IapeerError =>
  new IapeerError({
    code: "no-root",
    what: `there is no root at ${layout.root}`,
    next: "iapeer create makes it, with a first peer in it; another one is named with --root",
    exit: 2,
  });
