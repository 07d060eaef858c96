// Which peers a plist or unit names (service-manager contract): ours or foreign, a peer that
// has one is `managed`, and the daemon only reads it. The folder is listed anew when it changes,
// and is looked at once a turn of the event loop: a tick asks about every peer in one turn.

import type { Personality } from "../core/names.ts";
import type { Files } from "../ports/files.ts";
import type { ServiceManager } from "../ports/service-manager.ts";

export interface HeldBy {
  readonly name: ServiceManager["name"];
  readonly dir: string;
  /** The file that would hold this peer up. */
  fileOf(personality: Personality): string;
}

export function createHeldBy(files: Files, by: HeldBy): ServiceManager {
  let stamp = "";
  let names: ReadonlySet<string> = new Set();
  let isFresh = false;
  const refresh = () => {
    if (isFresh) return;
    isFresh = true;
    queueMicrotask(() => {
      isFresh = false;
    });
    const facts = files.stat(by.dir);
    const now = facts.state === "ok" ? `${facts.inode}:${facts.mtimeMs}` : facts.state;
    if (now === stamp) return;
    stamp = now;
    const listed = files.list(by.dir);
    names = new Set("names" in listed ? listed.names : []);
  };
  return {
    name: by.name,
    manages: (personality) => {
      refresh();
      return names.has(by.fileOf(personality));
    },
  };
}
