// Port: the host's service manager, which may own a peer that the daemon then only reads.

import type { Personality } from "../core/names.ts";

/** What holds always-on peers up. Only the question that the tick needs; more comes later. */
export interface ServiceManager {
  readonly name: "launchd" | "systemd" | "embedded";
  /** A plist or unit (ours or foreign) names this peer: the daemon only reads it. */
  manages(personality: Personality): boolean;
}
