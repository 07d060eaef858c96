// What a verb may count on before it runs: a root of a layout that is known here, and one that is
// there, where it is about something in it. A typo in --root leaves nothing (storage contract).

import { isRootAbsent, noRoot } from "../flows/storage/absent-root.ts";
import type { App } from "./app.ts";
import type { Args } from "./args.ts";
import type { Output } from "./output.ts";
import type { RootUse, VerbSpec } from "./spec.ts";

export interface Wanted {
  readonly root: RootUse;
  /** A configuration of which a part cannot be used hides nothing from who looks. */
  readonly readsOnly: boolean;
  readonly tellsConfig: boolean;
  readonly worksOnDefaults?: boolean;
  /** The preview of a verb that makes a root: where none can be made, it would be refused. */
  readonly isToBeMade?: boolean;
}

/** A preview makes nothing, whatever the verb would. */
export function wantedBy(spec: VerbSpec, args: Args): Wanted {
  const { effect, root, tellsConfig, worksOnDefaults = false } = spec;
  const readsOnly = effect === "reads";
  const isAboutAll = readsOnly && !namesPeer(spec, args);
  const asked = root ?? (isAboutAll ? "as-it-is" : "needed");
  const isMere = asked === "made" && args.has("preview");
  const use = isMere ? "as-it-is" : asked;
  const tells = tellsConfig === true;
  return { root: use, readsOnly, tellsConfig: tells, worksOnDefaults, isToBeMade: isMere };
}

/** By its first word, or by `--peer`. */
const namesPeer = ({ positionals }: VerbSpec, args: Args): boolean =>
  args.text("peer") !== undefined ||
  (positionals[0]?.completes === "peers" && args.positional(0) !== undefined);

/** A root of a newer layout is refused; what changes something makes one that is there whole. */
export function readied(
  app: () => Promise<App>,
  wanted: Wanted,
  output: Output,
): () => Promise<App> {
  let made: Promise<App> | undefined;
  const make = async () => {
    const { checkLayout, prepareRoot, unfitRoot } = await import("../flows/storage/root.ts");
    const found = await app();
    const isLenient = wanted.readsOnly || wanted.worksOnDefaults === true;
    const { configTrouble: trouble } = isLenient ? found : strict(found);
    const { root } = found.host.layout;
    const isThere = !isRootAbsent(found.host);
    const isNeeded = wanted.root === "needed";
    if (!isThere && (isNeeded || wanted.isToBeMade === true)) {
      const unfit = unfitRoot(found.host);
      if (unfit !== null) throw unfit;
      if (isNeeded) throw noRoot(found.host);
    }
    const isAsItIs = wanted.readsOnly || (!isThere && wanted.root !== "made");
    const ready = (isAsItIs ? checkLayout : prepareRoot)(found.host);
    if (!ready.ok) throw ready.error;
    if (!isThere && isAsItIs && !wanted.readsOnly) output.note(`there is no root at ${root}`);
    if (trouble !== null && !wanted.tellsConfig) {
      const why = (trouble.why ?? "").replaceAll("\n", "; ");
      output.warn(`${why}; its default stands in for it; ${trouble.next}`);
    }
    return found;
  };
  return () => (made ??= make());
}

export function strict(app: App): App {
  if (app.configTrouble !== null) throw app.configTrouble;
  return app;
}
