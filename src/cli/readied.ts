// What a verb may count on before it runs: a root of a layout that is known here, and one that is
// there, where it is about something in it. A typo in --root leaves nothing (storage contract).

import { IapeerError } from "../core/error.ts";
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
  const asked = root ?? (readsOnly ? "as-it-is" : "needed");
  const isMere = asked === "made" && args.has("preview");
  const use = isMere ? "as-it-is" : asked;
  const tells = tellsConfig === true;
  return { root: use, readsOnly, tellsConfig: tells, worksOnDefaults, isToBeMade: isMere };
}

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
    const isThere = found.host.files.statTarget(root).state !== "missing";
    const isNeeded = wanted.root === "needed";
    if (!isThere && (isNeeded || wanted.isToBeMade === true)) {
      const unfit = unfitRoot(found.host);
      if (unfit !== null) throw unfit;
      if (isNeeded) throw noRoot(root);
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

const noRoot = (root: string): IapeerError =>
  new IapeerError({
    code: "no-root",
    what: `there is no root at ${root}`,
    next: "iapeer create makes it, with a first peer in it; another one is named with --root",
    exit: 2,
  });
