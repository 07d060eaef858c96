// `peers-profiles.json`: the projection of all profiles (storage contract). Read by every verb,
// so a thousand peers are read within a few milliseconds.

import type { Registry, RegistryEntry } from "../core/profile.ts";
import type { Result } from "../core/result.ts";
import { Fields, parseJsonObject } from "./fields.ts";
import { ABSOLUTE_PATH } from "./name-checks.ts";
import { orderedProfile, readProfile } from "./profile-fields.ts";

/** One name, one folder: a second entry for either is an error that names both. */
export function parseRegistry(text: string): Result<Registry> {
  const source = parseJsonObject(text);
  if (!source.ok) return source;
  const fields = new Fields(source.value);
  const version = fields.version(1);
  const peers = fields.list("peers", (item, key) =>
    fields.objectAt(key, item, (peer) => readEntry(peer)),
  );
  rejectTwins(peers, fields);
  return fields.done({ version, peers });
}

function readEntry(peer: Fields): RegistryEntry {
  const profile = readProfile(peer);
  return { ...profile, cwd: peer.text("cwd", ABSOLUTE_PATH) };
}

function rejectTwins(peers: readonly RegistryEntry[], fields: Fields): void {
  const names = new Map<string, number>();
  const folders = new Map<string, string>();
  for (const [index, { personality, cwd }] of peers.entries()) {
    const folder = cwd.replace(/\/+$/, "");
    const twin = names.get(personality);
    const neighbour = folders.get(folder);
    if (twin !== undefined) {
      fields.reject(`peers[${index}].personality`, `"${personality}" is also peers[${twin}]`);
    } else if (neighbour !== undefined) {
      fields.reject(`peers[${index}].cwd`, `"${cwd}" is also the folder of "${neighbour}"`);
    }
    names.set(personality, index);
    folders.set(folder, personality);
  }
}

/** One peer a line: it reads fast, and a difference shows which peer changed. */
export function renderRegistry(registry: Registry): string {
  const lines = registry.peers.map((peer) =>
    JSON.stringify({ ...orderedProfile(peer), cwd: peer.cwd }),
  );
  const peers = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n]`;
  return `{"version": 1, "peers": ${peers}}\n`;
}
