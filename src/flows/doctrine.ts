// What a launch hands to a peer besides its argv: the system prompt composed from layers, and
// the environment of its own (storage contract, lifecycle §7).

import { resolve } from "node:path";
import { peerLayout } from "../core/layout.ts";
import type { RuntimeName } from "../core/names.ts";
import type { Presence, Registry, RegistryEntry } from "../core/profile.ts";
import { err, ok, type Result } from "../core/result.ts";
import { composeDoctrine, type DoctrineDocument } from "../formats/doctrine.ts";
import { parseLaunchEnv } from "../formats/launch-env.ts";
import type { ReadOutcome } from "../ports/files.ts";
import type { Host } from "../ports/host.ts";
import { folderInTheWay, readOwnIfThere } from "./storage/own-file.ts";

/** Larger than any prompt that a model takes; a larger file is left out, and said so. */
export const LAYER_MAX_BYTES = 256 * 1024;

/** Bounds the folder too, so that a heap of files cannot make a launch slow. */
const DOCUMENTS_MAX = 64;

export interface ComposedDoctrine {
  /** Null when every layer is empty. */
  readonly text: string | null;
  /** One sentence for each layer that was left out; the launch goes on without it. */
  readonly warnings: readonly string[];
}

/** Reads the layers anew at every launch: identity, shared, own, peers, documents, fragments. */
export function composeFor(
  host: Host,
  presence: Presence,
  registry: Registry,
): ComposedDoctrine {
  const { peer, identity } = presence;
  const paths = peerLayout(peer.cwd);
  const layers = new LayerReader(host);
  const text = composeDoctrine({
    identity: {
      personality: peer.personality,
      identity,
      description: peer.description,
      cwd: peer.cwd,
      host: host.facts.hostname,
      wall: host.clock.wall(),
    },
    shared: layers.file(host.layout.doctrine),
    own: layers.file(paths.doctrine),
    peers: registry.peers.filter((other) => other.personality !== peer.personality),
    documents: [...layers.folder(host.layout.root), ...layers.folder(paths.dir)],
    fragments: layers.folder(paths.fragmentsDir),
  });
  return { text, warnings: layers.warnings };
}

/** Of what was listed a moment ago. */
const NOT_THERE = "it leads to no file, or its name is not UTF-8";

class LayerReader {
  readonly warnings: string[] = [];
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  file(path: string): string | null {
    const read = this.host.files.read(path, LAYER_MAX_BYTES);
    if (read.state === "ok") return read.text;
    if (read.state === "failed") this.leaveOut(path, read.detail);
    return null;
  }

  /** All `*.md` but `IAPEER.md`, by name. */
  folder(dir: string): readonly DoctrineDocument[] {
    const listed = this.host.files.list(dir);
    if (listed.state === "failed") {
      this.leaveOut(dir, listed.detail);
      return [];
    }
    const names = listed.names.filter((name) => name.endsWith(".md") && name !== "IAPEER.md");
    if (names.length > DOCUMENTS_MAX) {
      this.leaveOut(dir, `it has ${names.length} documents, ${DOCUMENTS_MAX} are read`);
    }
    return names.slice(0, DOCUMENTS_MAX).flatMap((name) => {
      const path = `${dir}/${name}`;
      const read = this.host.files.read(path, LAYER_MAX_BYTES);
      if (read.state === "ok") return [{ name, text: read.text }];
      this.leaveOut(path, read.state === "missing" ? NOT_THERE : read.detail);
      return [];
    });
  }

  private leaveOut(path: string, why: string): void {
    this.warnings.push(`left out of the system prompt: ${path}: ${why}`);
  }
}

export interface LaunchEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** The files that its values came from: what is in them appears in no log, argv or state. */
  readonly secretPaths: readonly string[];
}

/**
 * The profile's `env_file`, then the folder's `launch.env` for this runtime, whose values win.
 * An `env_file` that is missing is an error: without its secrets the peer would start wrong.
 * Errors name the file and the line, never a value.
 */
export function launchEnvFor(
  host: Host,
  peer: RegistryEntry,
  runtime: RuntimeName,
): Result<LaunchEnvironment> {
  const layers: LaunchEnvironment[] = [];
  const envFile = envFileOf(peer);
  if (envFile !== null) {
    const declared = readEnvFile(host, envFile);
    if (!declared.ok) return declared;
    layers.push(declared.value);
  }
  const paths = peerLayout(peer.cwd);
  const path = paths.launchEnv(runtime);
  const inTheWay = folderInTheWay(host, paths.runtimeFolders(runtime));
  if (inTheWay !== null) return err(inTheWay);
  const own = readOwnIfThere(host, path, LAYER_MAX_BYTES);
  if (own.state !== "missing") {
    const parsed = parseEnv(path, own);
    if (!parsed.ok) return parsed;
    layers.push(parsed.value);
  }
  return ok({
    env: Object.fromEntries(layers.flatMap((layer) => Object.entries(layer.env))),
    secretPaths: layers.flatMap((layer) => layer.secretPaths),
  });
}

/**
 * The profile's `env_file`. One that was written by hand may be relative: to the peer's folder, and
 * never to that of whoever reads it, which is another for the daemon and for a canary.
 */
export const envFileOf = ({ cwd, env_file }: RegistryEntry): string | null =>
  env_file === undefined ? null : resolve(cwd, env_file);

/** The operator named it: it may be a symlink, or belong to whoever mounts secrets. */
export function readEnvFile(host: Host, path: string): Result<LaunchEnvironment> {
  return parseEnv(path, host.files.read(path, LAYER_MAX_BYTES));
}

function parseEnv(path: string, read: ReadOutcome): Result<LaunchEnvironment> {
  if (read.state === "missing") return err(`${path}: there is no such file`);
  if (read.state === "failed") return err(`${path}: ${read.detail}`);
  const parsed = parseLaunchEnv(read.text);
  if (!parsed.ok) return err(`${path}: ${parsed.error}`);
  return ok({ env: parsed.value, secretPaths: [path] });
}
