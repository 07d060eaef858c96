// What is remembered about one identity (storage contract). A document that does not parse must
// not lose a stop flag with it: it is replaced by one that is stopped, until `start` says else.

import { emptyIdentityDoc, type IdentityDoc } from "../../core/identity-doc.ts";
import type { Identity } from "../../core/names.ts";
import { parseIdentityDoc, renderIdentityDoc } from "../../formats/identity-doc.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";
import { readOwn, setAside } from "./own-file.ts";
import { newestGeneration } from "./rebuild.ts";

export type DocRead =
  | { readonly state: "ok"; readonly doc: IdentityDoc }
  | { readonly state: "missing"; readonly doc: IdentityDoc }
  /** `doc` is the stopped stand-in: nothing wakes the peer until someone says `start`. */
  | { readonly state: "corrupt"; readonly doc: IdentityDoc; readonly detail: string }
  | { readonly state: "failed"; readonly detail: string };

export type DocWrite =
  | { readonly state: "ok"; readonly doc: IdentityDoc }
  | Extract<WriteOutcome, { state: "failed" }>;

/** Only reads; for verbs that show. */
export function peekDoc(host: Host, identity: Identity): DocRead {
  const read = readOwn(host, host.layout.identityDoc(identity));
  if (read.state === "failed") return { state: "failed", detail: read.detail };
  if (read.state === "missing") {
    const inTheWay = inTheWayOf(host);
    if (inTheWay !== null) return { state: "failed", detail: `${inTheWay} is not a folder` };
    return { state: "missing", doc: emptyIdentityDoc(identity) };
  }
  const parsed = parseIdentityDoc(read.text, identity);
  if (parsed.ok) return { state: "ok", doc: parsed.value };
  return { state: "corrupt", doc: heldDoc(host, identity), detail: parsed.error };
}

/** Something in the place of their folder hides all documents: nobody knows what they say. */
function inTheWayOf({ files, layout }: Host): string | null {
  for (const dir of [layout.identityDocsDir, layout.stateDir, layout.root]) {
    const there = files.statTarget(dir);
    if (there.state === "missing") continue;
    return there.state === "ok" && there.kind !== "folder" ? dir : null;
  }
  return null;
}

/**
 * Reads the document. A corrupt one is moved aside, reported, and replaced by the stopped
 * stand-in, so that the next read is `ok` and an always-on or messaged peer stays down.
 */
export function readDoc(host: Host, identity: Identity): DocRead {
  const read = peekDoc(host, identity);
  if (read.state !== "corrupt") return read;
  const path = host.layout.identityDoc(identity);
  const aside = setAside(host, path, "corrupt");
  if (aside.state === "failed") return { state: "failed", detail: aside.detail };
  const fields = { identity, file: path, detail: read.detail, moved_to: aside.path };
  const event = { ev: "file-corrupt", fields: { ...fields, held: "stopped" } };
  host.log.write("lifecycle", event);
  const text = renderIdentityDoc(read.doc);
  const written = host.files.writeAtomic(path, text, { durable: true });
  return written.state === "ok" ? read : { state: "failed", detail: written.detail };
}

/**
 * Replaces the document by what `change` makes of it; writes only what differs, and durably
 * when the stop flag changes. One process supervises a root at a time, and only it calls this.
 */
export function changeDoc(
  host: Host,
  identity: Identity,
  change: (doc: IdentityDoc) => IdentityDoc,
): DocWrite {
  const read = readDoc(host, identity);
  if (read.state === "failed") return { state: "failed", code: "EREAD", detail: read.detail };
  const doc = change(read.doc);
  const text = renderIdentityDoc(doc);
  const isSame = read.state !== "corrupt" && text === renderIdentityDoc(read.doc);
  if (isSame) return { state: "ok", doc };
  const durable = doc.stopped !== read.doc.stopped;
  const written = host.files.writeAtomic(host.layout.identityDoc(identity), text, { durable });
  return written.state === "ok" ? { state: "ok", doc } : written;
}

/** Still names the newest generation, so that a living session is not lost sight of. */
function heldDoc(host: Host, identity: Identity): IdentityDoc {
  const newest = newestGeneration(host, identity);
  const ended =
    newest !== null &&
    host.files.stat(host.layout.generation(identity, newest).end).state === "ok";
  const settled = ended ? newest : null;
  return { ...emptyIdentityDoc(identity), stopped: true, generation: newest, settled };
}
