// How the fleet is: from the daemon's memory, or from the files when no daemon answers. Reading
// verbs work either way, and say which it was when it matters.

import { IapeerError } from "../core/error.ts";
import type { Identity } from "../core/names.ts";
import type { RegistryEntry } from "../core/profile.ts";
import type { PeerRow, Snapshot } from "../core/snapshot.ts";
import { findPeer } from "../flows/peers/find.ts";
import { unfitForDaemon } from "../flows/daemon-socket.ts";
import { nearest, splitIdentity } from "../rules/names.ts";
import { commandFor, type PresenceVerb } from "../rules/presence-command.ts";
import type { App } from "./app.ts";
import { usage } from "./args.ts";
import { commandLine } from "./ask.ts";
import type { VerbContext } from "./context.ts";
import { visible } from "./render/text.ts";

export interface Seen {
  readonly snapshot: Snapshot;
  /** Why it comes from the files; undefined when the daemon answered. */
  readonly withoutDaemon?: string;
  /** Something is there, and gave no answer. */
  readonly silent?: boolean;
  /** Why none can be started here. */
  readonly unfit?: IapeerError | null;
}

/** Whence it was seen, unless the daemon told: one that is there and says nothing is told apart. */
export function tellWhence(context: VerbContext, seen: Omit<Seen, "snapshot">): void {
  const { silent, withoutDaemon, unfit = null } = seen;
  if (withoutDaemon === undefined) return;
  if (unfit !== null) {
    return context.output.note(visible(`no daemon can run: ${unfit.message}; ${unfit.next}`));
  }
  const what = silent === true ? `does not answer (${withoutDaemon})` : "is not running";
  const next = commandLine(context, silent === true ? "daemon restart" : "daemon start");
  context.output.note(visible(`the daemon ${what}: ${next}`));
}

export async function look(app: App): Promise<Seen> {
  const asked = await app.client.snapshot();
  if (asked.state === "answered") return { snapshot: asked.value };
  const snapshot = await app.direct.snapshot();
  const silent = asked.state === "unknown";
  return { snapshot, withoutDaemon: asked.why, silent, unfit: unfitForDaemon(app.host) };
}

/** The peer of this name, or an error that suggests the nearest. */
export function peerNamed(app: App, name: string): RegistryEntry {
  const found = findPeer(app.host, name);
  if (!found.ok) throw found.error;
  return found.value;
}

/** Its row; from the files when the daemon has not heard of the peer yet. */
export async function rowOf(app: App, peer: RegistryEntry): Promise<PeerRow> {
  const isIt = ({ personality }: PeerRow) => personality === peer.personality;
  const row =
    (await look(app)).snapshot.peers.find(isIt) ?? (await app.direct.snapshot()).peers.find(isIt);
  if (row !== undefined) return row;
  throw new IapeerError({
    code: "peer-not-seen",
    what: `${peer.personality} is registered, but its state could not be read`,
    next: "run it again; if it stays so, iapeer verify",
  });
}

/** A command about the presence of this peer that an answer names. */
export function commandAbout(verb: PresenceVerb, peer: RegistryEntry, identity: Identity): string {
  const { personality, default_runtime: defaultRuntime } = peer;
  const runtime = splitIdentity(identity)?.runtime ?? defaultRuntime;
  return commandFor(verb, { personality, runtime, defaultRuntime });
}

/** Checks `--runtime` against what the peer has; undefined when none was asked for. */
export function runtimeOf(peer: RegistryEntry, asked: string | undefined): string | undefined {
  if (asked === undefined || peer.runtimes.some((runtime) => runtime === asked)) return asked;
  const near = nearest(asked, peer.runtimes);
  throw usage(
    `${peer.personality} has no runtime ${JSON.stringify(asked)}`,
    near === null ? `it has ${peer.runtimes.join(", ")}` : `did you mean ${near}?`,
  );
}
