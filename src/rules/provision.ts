// Which way an occasion takes through a declaration (memory-provider contract): the commands of
// v1.2, the deprecated plugin of v1.1, or a refusal in words.

import type {
  Direction,
  IgnoredPart,
  Occasion,
  PeerProvisionState,
  PresenceProvision,
  ProviderDeclaration,
  ProviderPlugin,
  ProvisionCommand,
} from "../core/provider.ts";

export function directionOf(occasion: Occasion): Direction {
  switch (occasion) {
    case "birth":
    case "sweep-on":
      return "provision";
    case "off-peer":
    case "off-all":
    case "remove":
      return "unprovision";
  }
}

export type Route =
  | { readonly by: "command"; readonly command: ProvisionCommand }
  | { readonly by: "plugin"; readonly plugin: ProviderPlugin }
  | { readonly by: "none"; readonly reason: string };

/**
 * One command block routes both directions through the commands: a fallback to the plugin for
 * the other, or after a failure, would hide a broken provider.
 */
export function routeOf(declaration: ProviderDeclaration, direction: Direction): Route {
  const { provider, plugin, provision, unprovision } = declaration;
  const command = declaration[direction];
  if (command !== undefined) return { by: "command", command };
  if (provision !== undefined || unprovision !== undefined) {
    return { by: "none", reason: `${provider} declares no ${direction} command` };
  }
  if (plugin !== undefined) return { by: "plugin", plugin };
  return { by: "none", reason: `${provider} declares neither commands nor a plugin` };
}

/** What a declaration holds and the precedence leaves aside. */
export function unusedParts(declaration: ProviderDeclaration): readonly IgnoredPart[] {
  const { plugin, provision, unprovision } = declaration;
  if (plugin === undefined || (provision === undefined && unprovision === undefined)) return [];
  return [{ part: "plugin", reason: "the commands take its place, in both directions" }];
}

/** A peer is done only when every presence is: one that was refused is not. */
export function peerStateOf(runtimes: readonly PresenceProvision[]): PeerProvisionState {
  const states = runtimes.map(({ state }) => state);
  if (states.length === 0) return "skipped-no-agentic-runtime";
  if (states.includes("interrupted")) return "interrupted";
  return states.every((state) => state === "ok" || state === "skipped") ? "done" : "failed";
}

/** `claude:ok, codex:failed (exit 3: no space left)`. */
export const provisionSummary = (runtimes: readonly PresenceProvision[]): string =>
  runtimes.map(summaryOf).join(", ");

const DETAIL_SHOWN = 160;

function summaryOf({ runtime, state, exitCode, signal, detail }: PresenceProvision): string {
  if (state === "ok") return `${runtime}:ok`;
  const how = signal !== null ? signal : exitCode === null ? null : `exit ${exitCode}`;
  const said = detail.trim().replaceAll(/\s+/g, " ");
  // The end of an error message says more than its beginning.
  const short = said.length > DETAIL_SHOWN ? `…${said.slice(-DETAIL_SHOWN)}` : said;
  const why = [how, short === "" ? null : short].filter((part) => part !== null).join(": ");
  return `${runtime}:${state}${why === "" ? "" : ` (${why})`}`;
}
