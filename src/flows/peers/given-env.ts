// The variables of `create --env`, in the `launch.env` of a peer's folder. They are iapeer's, and
// go with the peer, so that a namesake does not inherit secrets; a file that somebody has changed
// since, or has written, is theirs and stays (storage contract).

import { dirname } from "node:path";
import { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseGivenEnv, renderGivenEnv } from "../../formats/given-env.ts";
import { parseLaunchEnv, renderLaunchEnv } from "../../formats/launch-env.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "../storage/list-names.ts";
import { folderInTheWay, readOwn } from "../storage/own-file.ts";
import { isLivedIn } from "./find.ts";

/** Adds variables to a `launch.env`; what is there stays, and the last line of a name counts. */
export function addLaunchEnv(
  host: Host,
  { cwd, default_runtime }: Pick<RegistryEntry, "cwd" | "default_runtime">,
  env: Readonly<Record<string, string>>,
): Result<void, IapeerError> {
  if (Object.keys(env).length === 0) return ok(undefined);
  const path = peerLayout(cwd).launchEnv(default_runtime);
  const inTheWay = folderInTheWay(host, peerLayout(cwd).runtimeFolders(default_runtime));
  if (inTheWay !== null) return err(notWritten(path, inTheWay));
  const read = readOwn(host, path);
  if (read.state === "failed") return err(notWritten(path, read.detail));
  const present = read.state === "ok" ? read.text : "";
  const parsed = parseLaunchEnv(present);
  if (!parsed.ok) return err(notWritten(path, parsed.error));
  const made = host.files.makeFolder(dirname(path), 0o700, true);
  if (made.state !== "ok") return err(notWritten(path, made.detail));
  const gap = present === "" || present.endsWith("\n") ? "" : "\n";
  const text = `${present}${gap}${renderLaunchEnv(env)}`;
  // Before the file itself: cut off in between, it fits nothing and is not gone by.
  const kept = keptOf(host, path, present) ?? present.length;
  const note = renderGivenEnv({ kept, sha256: digest(text) });
  const how = { mode: 0o600, durable: true };
  const noted = host.files.writeAtomic(noteBeside(path), note, how);
  if (noted.state !== "ok") return err(notWritten(path, noted.detail));
  const written = host.files.writeAtomic(path, text, how);
  return written.state === "ok" ? ok(undefined) : err(notWritten(path, written.detail));
}

/**
 * `gone`: all of it is what `create --env` wrote. `shortened`: it ends with that, and goes back to
 * what was there before. `kept`: it is a person's.
 */
export interface EnvLeaving {
  readonly path: string;
  readonly how: "gone" | "shortened" | "kept";
}

/** What a removal does with each `launch.env` in the folder, of whatever runtime. */
export const envLeavings = (host: Host, cwd: string): readonly EnvLeaving[] =>
  filesIn(host, cwd).map(({ path, text, kept }) => ({ path, how: howOf(text, kept) }));

/** Does it; what fails is kept. Left alone when a peer lives in the folder by now. */
export async function takeEnvBack(host: Host, cwd: string): Promise<readonly EnvLeaving[]> {
  if (filesIn(host, cwd).length === 0) return [];
  const done = await host.lock.withLock(host.layout.registry, async () =>
    isLivedIn(host, cwd) ? [] : takeBack(host, cwd),
  );
  return done.ok ? done.value : envLeavings(host, cwd).map(({ path }) => ({ path, how: "kept" }));
}

/** Only in the registry's lock, of a folder in which no peer lives. */
export const takeBack = (host: Host, cwd: string): readonly EnvLeaving[] =>
  filesIn(host, cwd).map(({ path, text, kept }) => {
    const how = howOf(text, kept);
    const rest = how === "shortened" ? text.slice(0, kept ?? 0) : null;
    const done =
      how === "gone"
        ? host.files.remove(path)
        : rest === null
          ? ({ state: "ok" } as const)
          : host.files.writeAtomic(path, rest, { mode: 0o600, durable: true });
    if (done.state !== "ok") return { path, how: "kept" };
    host.files.remove(noteBeside(path));
    host.files.syncFolder(dirname(path));
    return { path, how };
  });

interface EnvFile {
  readonly path: string;
  readonly text: string;
  /** Characters of it that were there before `create --env`; null: somebody has changed it. */
  readonly kept: number | null;
}

/** Through no symlink: what is behind one is not the peer's. */
function filesIn(host: Host, cwd: string): readonly EnvFile[] {
  const { dir } = peerLayout(cwd);
  if (folderInTheWay(host, [dir, `${dir}/runtimes`]) !== null) return [];
  return listNames(host, `${dir}/runtimes`).flatMap((runtime) => {
    const path = peerLayout(cwd).launchEnv(runtime);
    if (host.files.stat(dirname(path)).state !== "ok") return [];
    if (host.files.stat(path).state === "missing") return [];
    const inTheWay = folderInTheWay(host, peerLayout(cwd).runtimeFolders(runtime));
    const read = inTheWay === null ? readOwn(host, path) : null;
    if (read?.state !== "ok") return [{ path, text: "", kept: null }];
    return [{ path, text: read.text, kept: keptOf(host, path, read.text) }];
  });
}

function keptOf(host: Host, path: string, text: string): number | null {
  const read = readOwn(host, noteBeside(path));
  const note = read.state === "ok" ? parseGivenEnv(read.text) : null;
  return note?.sha256 === digest(text) ? note.kept : null;
}

function howOf(text: string, kept: number | null): EnvLeaving["how"] {
  if (kept === null) return "kept";
  return text.slice(0, kept) === "" ? "gone" : "shortened";
}

const digest = (text: string): string =>
  new Bun.CryptoHasher("sha256").update(text).digest("hex");

const noteBeside = (path: string): string => `${dirname(path)}/launch-env.json`;

function notWritten(path: string, why: string): IapeerError {
  return new IapeerError({
    code: "launch-env-not-written",
    what: `cannot add variables to ${path}`,
    why,
    next: "put the file right, or leave out --env",
  });
}
