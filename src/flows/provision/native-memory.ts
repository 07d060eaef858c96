// The runtimes' own memory, turned off and on again (memory-provider contract, "Native memory").
// What turning it off changed is remembered in the peer's own folder, so that turning it on
// gives the file back to the byte.

import { dirname } from "node:path";
import { peerLayout } from "../../core/layout.ts";
import type { RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { parseSplice, renderSplice, type Splice, spliceOf, undone } from "../../formats/splice.ts";
import type { Host } from "../../ports/host.ts";
import type { NativeMemory } from "../../ports/runtime.ts";
import { objection, readOwn } from "../storage/own-file.ts";

export interface NativeTurn {
  readonly peer: RegistryEntry;
  readonly runtime: RuntimeName;
  readonly wanted: "off" | "on";
}

/** `left`: the file stays as it was, and `detail` says why. */
export type NativeTurned =
  | { readonly state: "turned"; readonly path: string }
  | { readonly state: "already"; readonly path: string }
  | { readonly state: "unsupported" }
  | { readonly state: "left"; readonly path: string; readonly detail: string };

export function turnNativeMemory(host: Host, turn: NativeTurn): NativeTurned {
  const memory = host.runtimes.get(turn.runtime)?.nativeMemory;
  if (memory === undefined) return { state: "unsupported" };
  const path = memory.path(turn.peer.cwd);
  const found = readSetting(host, path);
  if (found.state === "failed") return { state: "left", path, detail: found.detail };
  const place: Place = { ...turn, memory, path, text: found.text, mode: found.mode };
  return turn.wanted === "off" ? turnOff(host, place) : turnOn(host, place);
}

/** Whether the runtime's own memory is off for this peer; false of what cannot be told. */
export function isNativeMemoryOff(host: Host, peer: RegistryEntry, runtime: RuntimeName): boolean {
  const memory = host.runtimes.get(runtime)?.nativeMemory;
  if (memory === undefined) return false;
  const found = readSetting(host, memory.path(peer.cwd));
  return found.state === "ok" && memory.read(found.text ?? "") === "off";
}

/** The files in a peer's folder that turning its runtimes' memory off has changed. */
export const nativeMemoryChanged = (host: Host, peer: RegistryEntry): readonly string[] =>
  changedBy(host, peer).flatMap((runtime) => {
    const path = host.runtimes.get(runtime)?.nativeMemory?.path(peer.cwd);
    return path === undefined ? [] : [path];
  });

const changedBy = (host: Host, peer: RegistryEntry): readonly RuntimeName[] =>
  peer.runtimes.filter((runtime) => {
    const record = recordPath({ peer, runtime, wanted: "on" });
    return host.files.stat(record).state !== "missing";
  });

/** Of a removed peer: only what turning it off has changed. A sentence for all that is left. */
export const giveBackNativeMemory = (host: Host, peer: RegistryEntry): readonly string[] =>
  changedBy(host, peer).flatMap((runtime) => {
    const turned = turnNativeMemory(host, { peer, runtime, wanted: "on" });
    if (turned.state !== "left") return [];
    return [`the memory of ${runtime} itself stays off in ${turned.path}: ${turned.detail}`];
  });

interface Place extends NativeTurn {
  readonly memory: NativeMemory;
  readonly path: string;
  /** Null: there is no file. */
  readonly text: string | null;
  readonly mode: number;
}

type Setting =
  | { readonly state: "ok"; readonly text: string | null; readonly mode: number }
  | { readonly state: "failed"; readonly detail: string };

/** A symlink, or somebody else's file or folder, is not written through. */
function readSetting(host: Host, path: string): Setting {
  const folder = host.files.stat(dirname(path));
  const against = objection(host, folder);
  if (against !== null) return { state: "failed", detail: `${dirname(path)}: ${against}` };
  const read = readOwn(host, path);
  if (read.state === "failed") return { state: "failed", detail: `${path}: ${read.detail}` };
  if (read.state === "missing") return { state: "ok", text: null, mode: NEW_MODE };
  // Bytes that are no UTF-8 have been read as this mark, and would be written back as it.
  if (read.text.includes("\ufffd")) return { state: "failed", detail: `${path}: it is not UTF-8` };
  const stat = host.files.stat(path);
  return { state: "ok", text: read.text, mode: stat.state === "ok" ? stat.mode : NEW_MODE };
}

/** As the runtimes write such files themselves: they may be checked in, and hold no secrets. */
const NEW_MODE = 0o644;
const NEW_FOLDER_MODE = 0o755;

function turnOff(host: Host, place: Place): NativeTurned {
  const { memory, path, text } = place;
  if (memory.read(text ?? "") === "off") return { state: "already", path };
  const edited = memory.write(text ?? "", "off");
  if (typeof edited !== "string") return left(place, edited.leave);
  const isNewFolder = host.files.stat(dirname(path)).state === "missing";
  if (isNewFolder) host.files.makeFolder(dirname(path), NEW_FOLDER_MODE);
  // Remembered first: a setting without its record could only be turned, not taken back.
  const record = { ...spliceOf(text ?? "", edited), isNewFile: text === null, isNewFolder };
  const kept = keepRecord(host, place, record);
  if (kept !== null) return left(place, kept);
  return write(host, place, edited);
}

function turnOn(host: Host, place: Place): NativeTurned {
  const { memory, path, text } = place;
  // Broken for the moment, as in the middle of somebody's editing: the record is still needed.
  if (text !== null && memory.read(text) === null) return left(place, "it is not understood");
  const record = readRecord(host, place);
  if (text === null || memory.read(text) !== "off") {
    forgetRecord(host, place);
    return { state: "already", path };
  }
  const back = record === null ? null : takenBack(place, text, record);
  if (back !== null && back.text === "" && record?.isNewFile === true) {
    return removeNew(host, place, record);
  }
  const edited = back?.text ?? memory.write(text, "on");
  if (typeof edited !== "string") return left(place, edited.leave);
  const turned = write(host, place, edited);
  if (turned.state === "turned") forgetRecord(host, place);
  return turned;
}

/** Null when what was written then is no longer there to be taken out. */
function takenBack(
  { memory }: Place,
  text: string,
  record: Splice,
): { readonly text: string } | null {
  const back = undone(text, record);
  if (back === null) return null;
  return back === "" || memory.read(back) === "on" || memory.read(back) === "unset"
    ? { text: back }
    : null;
}

/** The file, and its folder when that was made with it and is empty again. */
function removeNew(host: Host, place: Place, record: Splice): NativeTurned {
  const { path } = place;
  const removed = host.files.remove(path);
  if (removed.state === "failed") return left(place, removed.detail);
  if (record.isNewFolder) host.files.removeEmpty(dirname(path));
  forgetRecord(host, place);
  return { state: "turned", path };
}

function write(host: Host, place: Place, text: string): NativeTurned {
  const { path, mode } = place;
  const written = host.files.writeAtomic(path, text, { mode, durable: true });
  return written.state === "ok" ? { state: "turned", path } : left(place, written.detail);
}

const left = ({ path }: Place, detail: string): NativeTurned => ({ state: "left", path, detail });

const recordPath = ({ peer, runtime }: NativeTurn): string =>
  `${dirname(peerLayout(peer.cwd).launchEnv(runtime))}/native-memory.json`;

/** Null when it is kept, else why not. */
function keepRecord(host: Host, place: Place, record: Splice): string | null {
  const path = recordPath(place);
  const made = host.files.makeFolder(dirname(path));
  if (made.state === "failed") return made.detail;
  const written = host.files.writeAtomic(path, renderSplice(record));
  return written.state === "ok" ? null : written.detail;
}

function readRecord(host: Host, place: Place): Splice | null {
  const read = readOwn(host, recordPath(place));
  return read.state === "ok" ? parseSplice(read.text) : null;
}

function forgetRecord(host: Host, place: Place): void {
  host.files.remove(recordPath(place));
}
