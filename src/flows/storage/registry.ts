// The registry's one reader and one writer (storage contract). Every change takes the lock,
// reads again inside it, validates, and replaces the file whole; nothing else writes it.

import { IapeerError } from "../../core/error.ts";
import type { Registry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseRegistry, renderRegistry } from "../../formats/registry.ts";
import type { Host } from "../../ports/host.ts";
import { readOwn, setAside } from "./own-file.ts";
import { rebuildRegistry, sortPeers } from "./rebuild.ts";

export type RegistryRead =
  | { readonly state: "ok"; readonly registry: Registry }
  | { readonly state: "missing" }
  /** `text`: what is in it, from which folders can still be read. */
  | { readonly state: "corrupt"; readonly detail: string; readonly text: string }
  | { readonly state: "failed"; readonly detail: string };

/** What a change makes of the registry it is shown, inside the lock. Synchronous on purpose. */
export type RegistryChange = (registry: Registry) => Result<Registry, IapeerError>;

interface Loaded {
  readonly registry: Registry;
  /** What the file holds now; null when it has to be written whatever the change does. */
  readonly text: string | null;
}

/** Another one than before: it may have changed since. */
export function registryStamp({ files, layout }: Host): string {
  const facts = files.stat(layout.registry);
  return facts.state === "ok" ? `${facts.inode}:${facts.mtimeMs}:${facts.size}` : facts.state;
}

/** Only reads: a corrupt file stays where it is until the next change. */
export function readRegistry(host: Host): RegistryRead {
  const read = readOwn(host, host.layout.registry);
  if (read.state !== "ok") return read;
  const parsed = parseRegistry(read.text);
  if (parsed.ok) return { state: "ok", registry: parsed.value };
  return { state: "corrupt", detail: parsed.error, text: read.text };
}

/** The registry, rebuilt first when it is lost or corrupt. */
export async function loadRegistry(host: Host): Promise<Result<Registry, IapeerError>> {
  const read = readRegistry(host);
  if (read.state === "ok") return ok(read.registry);
  if (read.state === "failed") return err(unreadable(host, read.detail));
  return changeRegistry(host, (registry) => ok(registry));
}

/**
 * Changes the registry, and resolves to what is on disk afterwards. A corrupt file is moved to
 * `<name>.corrupt-<time>`, reported, and rebuilt from the folders before the change sees it.
 * `follow` is what goes with a change that is on disk, before anybody else may make another.
 */
export async function changeRegistry(
  host: Host,
  change: RegistryChange,
  follow?: (registry: Registry) => void,
): Promise<Result<Registry, IapeerError>> {
  const work = async () => {
    const changed = changeLocked(host, change);
    if (changed.ok) follow?.(changed.value);
    return changed;
  };
  const locked = await host.lock.withLock(host.layout.registry, work);
  if (locked.ok) return locked.value;
  return err(
    new IapeerError({
      code: "registry-busy",
      what: "cannot lock the registry",
      why: locked.error,
      next: "try again; if it stays so, look for an iapeer process that hangs",
    }),
  );
}

function changeLocked(host: Host, change: RegistryChange): Result<Registry, IapeerError> {
  const loaded = loadForChange(host);
  if (!loaded.ok) return loaded;
  const { registry, text } = loaded.value;
  const changed = change(registry);
  // A refused change does not keep a rebuilt registry from being written.
  const wanted = changed.ok ? changed.value : registry;
  const next: Registry = { ...wanted, peers: sortPeers(wanted.peers) };
  const rendered = renderRegistry(next);
  if (rendered !== text) {
    const written = write(host, rendered);
    if (!written.ok) return changed.ok ? written : changed;
  }
  return changed.ok ? ok(next) : changed;
}

function loadForChange(host: Host): Result<Loaded, IapeerError> {
  const read = readOwn(host, host.layout.registry);
  if (read.state === "failed") return err(unreadable(host, read.detail));
  if (read.state === "missing") return ok(rebuild(host, null));
  const parsed = parseRegistry(read.text);
  if (parsed.ok) return ok({ registry: parsed.value, text: read.text });
  const aside = setAside(host, host.layout.registry, "corrupt");
  if (aside.state === "failed") return err(unreadable(host, aside.detail));
  const fields = { file: host.layout.registry, detail: parsed.error, moved_to: aside.path };
  host.log.write("lifecycle", { ev: "file-corrupt", fields });
  return ok(rebuild(host, read.text));
}

function rebuild(host: Host, corruptText: string | null): Loaded {
  const { registry, notes } = rebuildRegistry(host, corruptText);
  if (corruptText !== null || registry.peers.length > 0 || notes.length > 0) {
    const fields = { peers: registry.peers.length, notes: notes.join("; ") };
    host.log.write("lifecycle", { ev: "registry-rebuilt", fields });
  }
  return { registry, text: null };
}

function write(host: Host, text: string): Result<void, IapeerError> {
  const valid = parseRegistry(text);
  if (!valid.ok) return err(notWritten("the change would make it invalid", valid.error));
  const written = host.files.writeAtomic(host.layout.registry, text, { durable: true });
  if (written.state === "ok") return ok(undefined);
  return err(notWritten(`cannot write ${host.layout.registry}`, written.detail));
}

function notWritten(what: string, why: string): IapeerError {
  const next = "nothing was changed; put right what is named here and try again";
  return new IapeerError({ code: "registry-not-written", what, why, next });
}

function unreadable(host: Host, why: string): IapeerError {
  return new IapeerError({
    code: "registry-unreadable",
    what: `cannot read ${host.layout.registry}`,
    why,
    next: "move what is there out of the way, then: iapeer verify --fix",
  });
}
