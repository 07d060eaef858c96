// Trust in a peer's folder, in claude's own settings. Only a file that is there and understood
// is touched; otherwise the question is answered on the screen at the first launch. What was
// changed is remembered in the peer's folder, so that exactly that goes with the peer.

import { peerLayout } from "../../core/layout.ts";
import type { Files } from "../../ports/files.ts";
import { asObject, parseLine } from "../json-lines.ts";
import { keysThere, setSwitch, setTrue, takeOut } from "./json-edit.ts";

type Told = { readonly warnings: readonly string[] };

const TRUST = "hasTrustDialogAccepted";
const NOTHING: Told = { warnings: [] };
/** A path is 4 KiB at most, and each of its bytes at most six characters of JSON. */
const RECORD_BYTES_MAX = 32 * 1024;

const wayTo = (cwd: string): readonly string[] => ["projects", cwd, TRUST];

export function trustFolder(files: Files, path: string, cwd: string): Told {
  const settings = readPlain(files, path);
  if (settings === null) return NOTHING;
  const before = withoutFormer(files, settings.text, cwd);
  const text = setTrue(before, wayTo(cwd)) ?? before;
  if (text === settings.text) return NOTHING;
  // Remembered first: without that it could not be told from what a person has decided.
  if (text !== before) remember(files, cwd, keysThere(before, wayTo(cwd)) ?? 0);
  else files.remove(recordPath(cwd));
  const written = files.writeAtomic(path, text, { mode: settings.mode });
  if (written.state === "ok") return NOTHING;
  return { warnings: [`the folder is not marked as trusted in ${path}: ${written.detail}`] };
}

export function forgetFolder(files: Files, path: string, cwd: string): Told {
  const record = remembered(files, cwd);
  if (record?.cwd !== cwd) return NOTHING;
  const settings = readPlain(files, path);
  const text = settings === null ? null : withoutTrust(settings.text, record);
  if (settings === null || text === null) return left(path, "it is not understood");
  if (text !== settings.text) {
    const written = files.writeAtomic(path, text, { mode: settings.mode });
    if (written.state === "failed") return left(path, written.detail);
  }
  files.remove(recordPath(cwd));
  return NOTHING;
}

const withoutTrust = (text: string, { cwd, kept }: Remembered): string | null =>
  kept >= wayTo(cwd).length
    ? setSwitch(text, wayTo(cwd), false)
    : takeOut(text, wayTo(cwd), kept);

/** The record moves with the folder, and says where it was; a copy is no move. */
function withoutFormer(files: Files, text: string, cwd: string): string {
  const record = remembered(files, cwd);
  if (record === null || record.cwd === cwd) return text;
  return files.stat(record.cwd).state === "missing" ? (withoutTrust(text, record) ?? text) : text;
}

const left = (path: string, why: string): Told => ({
  warnings: [`the folder's trust in ${path} is left as it is: ${why}`],
});

/** A rename would replace a symlink that a person has put there. */
function readPlain(files: Files, path: string): { text: string; mode: number } | null {
  const stat = files.stat(path);
  if (stat.state !== "ok" || stat.kind !== "file") return null;
  const read = files.read(path);
  // Bytes that are no UTF-8 have been read as this mark, and would be written back as it.
  if (read.state !== "ok" || read.text.includes("\ufffd")) return null;
  return { text: read.text, mode: stat.mode };
}

const recordPath = (cwd: string): string =>
  peerLayout(cwd).launchEnv("claude").replace(/[^/]*$/, "trust.json");

function remember(files: Files, cwd: string, kept: number): void {
  const path = recordPath(cwd);
  if (files.stat(cwd).state !== "ok") return;
  const made = files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  if (made.state === "ok") files.writeAtomic(path, `${JSON.stringify({ cwd, kept })}\n`);
}

interface Remembered {
  /** The folder that was trusted. */
  readonly cwd: string;
  /** How many keys of the way to its trust were there before; all: it was there, and false. */
  readonly kept: number;
}

/** Null: the trust is not ours to take back. */
function remembered(files: Files, folder: string): Remembered | null {
  const read = files.read(recordPath(folder), RECORD_BYTES_MAX);
  const record = read.state === "ok" ? asObject(parseLine(read.text)) : null;
  const { cwd, kept } = record ?? {};
  const isCount = typeof kept === "number" && Number.isInteger(kept) && kept >= 0;
  return typeof cwd === "string" && isCount ? { cwd, kept } : null;
}
