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

const wayTo = (cwd: string): readonly string[] => ["projects", cwd, TRUST];

export function trustFolder(files: Files, path: string, cwd: string): Told {
  const settings = readPlain(files, path);
  if (settings === null) return NOTHING;
  const text = setTrue(settings.text, wayTo(cwd));
  if (text === null || text === settings.text) return NOTHING;
  // Remembered first: without that it could not be told from what a person has decided.
  remember(files, cwd, keysThere(settings.text, wayTo(cwd)) ?? 0);
  const written = files.writeAtomic(path, text, { mode: settings.mode });
  if (written.state === "ok") return NOTHING;
  return { warnings: [`the folder is not marked as trusted in ${path}: ${written.detail}`] };
}

export function forgetFolder(files: Files, path: string, cwd: string): Told {
  const kept = remembered(files, cwd);
  if (kept === null) return NOTHING;
  const settings = readPlain(files, path);
  const text = settings === null ? null : withoutTrust(settings.text, cwd, kept);
  if (settings === null || text === null) return left(path, "it is not understood");
  if (text !== settings.text) {
    const written = files.writeAtomic(path, text, { mode: settings.mode });
    if (written.state === "failed") return left(path, written.detail);
  }
  files.remove(recordPath(cwd));
  return NOTHING;
}

/** `kept`: how many keys of the way were there before; all: it was there, and false. */
const withoutTrust = (text: string, cwd: string, kept: number): string | null =>
  kept >= wayTo(cwd).length
    ? setSwitch(text, wayTo(cwd), false)
    : takeOut(text, wayTo(cwd), kept);

const left = (path: string, why: string): Told => ({
  warnings: [`the folder's trust in ${path} is left as it is: ${why}`],
});

/** A rename would replace a symlink that a person has put there. */
function readPlain(files: Files, path: string): { text: string; mode: number } | null {
  const stat = files.stat(path);
  if (stat.state !== "ok" || stat.kind !== "file") return null;
  const read = files.read(path);
  return read.state === "ok" ? { text: read.text, mode: stat.mode } : null;
}

const recordPath = (cwd: string): string =>
  peerLayout(cwd).launchEnv("claude").replace(/[^/]*$/, "trust.json");

function remember(files: Files, cwd: string, kept: number): void {
  const path = recordPath(cwd);
  if (files.stat(cwd).state !== "ok") return;
  const made = files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  if (made.state === "ok") files.writeAtomic(path, `${JSON.stringify({ kept })}\n`);
}

/** Null: the trust is not ours to take back. */
function remembered(files: Files, cwd: string): number | null {
  const read = files.read(recordPath(cwd), 4096);
  const kept = read.state === "ok" ? asObject(parseLine(read.text))?.["kept"] : null;
  return typeof kept === "number" && Number.isInteger(kept) && kept >= 0 ? kept : null;
}
