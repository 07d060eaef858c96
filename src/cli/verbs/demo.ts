// `iapeer demo`: real peers in a scratch root. The scenes are in src/demo/.

import { IapeerError } from "../../core/error.ts";
import type { VerbContext, VerbExit } from "../context.ts";

export async function run(_context: VerbContext): Promise<VerbExit> {
  throw new IapeerError({ code: "internal", what: "the demonstration is not there yet" });
}
