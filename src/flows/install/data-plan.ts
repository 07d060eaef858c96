// What an uninstall says beforehand of the root, kept or deleted (service-manager contract): with
// --delete-data every file that somebody may have written by hand is named.

import { dirname } from "node:path";
import type { RegistryEntry } from "../../core/profile.ts";
import { writerOf } from "../../formats/temporary-name.ts";
import type { Host } from "../../ports/host.ts";
import { isRootAbsent } from "../storage/absent-root.ts";
import { ownContent } from "../storage/root-content.ts";

export const keeping = (host: Host): readonly string[] =>
  isRootAbsent(host) ? [] : [`keep ${host.layout.root}: peers, their folders, state and logs`];

export function deleting(
  host: Host,
  inside: readonly RegistryEntry[],
  staying: readonly string[],
): readonly string[] {
  if (isRootAbsent(host)) return [];
  const whole = `${staying.length === 0 ? "" : "iapeer's own in "}${host.layout.root}`;
  return [
    `delete ${whole}, with the registry, state and logs`,
    ...writtenByHand(host).map((path) => `delete ${path}, whoever wrote it`),
    ...inside.map(({ personality, cwd }) => `delete ${personality}'s folder ${cwd}`),
    ...staying.map((path) => `keep ${path}`),
  ];
}

/** Doctrine, configuration, the declared provider, and copies: not the registry, nor its lock. */
function writtenByHand(host: Host): readonly string[] {
  const { root, registry } = host.layout;
  return ownContent(host, []).filter((path) => {
    const name = path.slice(root.length + 1);
    const isPassing = name.endsWith(".lock") || writerOf(name) !== null;
    return dirname(path) === root && path !== registry && !isPassing;
  });
}
