// `--peer P` or `--all`, for verbs that must not guess whom they are about.

import type { RegistryEntry } from "../core/profile.ts";
import { loadRegistry } from "../flows/storage/registry.ts";
import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";
import { peerNamed } from "./look.ts";

export interface Whom {
  readonly isAll: boolean;
  readonly peers: readonly RegistryEntry[];
}

export async function whom(context: VerbContext): Promise<Whom> {
  const { args, spec } = context;
  const name = args.text("peer");
  const isAll = args.has("all");
  if (isAll === (name !== undefined)) {
    const what = isAll ? "takes --peer P or --all, not both" : "needs --peer P or --all";
    throw usage(`${spec.name} ${what}`, `see iapeer ${spec.name} --help`);
  }
  const reached = await context.app();
  if (name !== undefined) return { isAll, peers: [peerNamed(reached, name)] };
  const registry = await loadRegistry(reached.host);
  if (!registry.ok) throw registry.error;
  return { isAll, peers: registry.value.peers };
}
