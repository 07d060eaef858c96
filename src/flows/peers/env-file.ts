// The file of `create --env-file`, looked at before a peer is made that could not start without it
// (storage contract). It is a person's, and is only read.

import type { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { readEnvFile } from "../doctrine.ts";
import { cleanPath, usage } from "./spec.ts";

interface CheckedEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export function checkEnvFile(
  host: Host,
  path: string | undefined,
): Result<CheckedEnv, IapeerError> {
  if (path === undefined) return ok({ env: {}, warnings: [] });
  const clean = cleanPath(path);
  if (!clean.ok) return clean;
  const read = readEnvFile(host, path);
  if (!read.ok) return err(usage("bad-env-file", "cannot use the --env-file", read.error));
  const stat = host.files.stat(path);
  const open = stat.state === "ok" && stat.kind === "file" && (stat.mode & 0o077) !== 0;
  const warnings = open ? [`${path} can be read by others: chmod 600 it`] : [];
  return ok({ env: read.value.env, warnings });
}
