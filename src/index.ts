// The library: what another program embeds. It gets the same parts that the command line has.

import { defaultConfig } from "./core/config.ts";
import type { IapeerError } from "./core/error.ts";
import type { Result } from "./core/result.ts";
import { createApp, type App, type AppOptions } from "./wire.ts";

export type { App } from "./wire.ts";
export type { Config } from "./core/config.ts";
export type { EndRecord, StartRecord } from "./core/generation.ts";
export type { PeerRow, PresenceRow, Snapshot, WhyReport } from "./core/snapshot.ts";
export { IapeerError } from "./core/error.ts";
export { defaultConfig };

/**
 * A host over a root: the daemon's client, the flows' ports, and `runDaemon`. The environment is
 * handed in, never read; an unusable configuration is an error, not an exception.
 */
export const createHost = (options: AppOptions): Result<App, IapeerError> => createApp(options);
