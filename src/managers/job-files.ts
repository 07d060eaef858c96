// The files by which a manager holds jobs, and whose they are (service-manager contract,
// "Ownership"). One function names them all, so that what is `managed` and what is installed can
// never disagree. The folder is listed anew only when it changes, and looked at only once however
// often it is asked for without a pause: a tick asks for every peer.

import type { Personality } from "../core/names.ts";
import { peerJobId, type JobId, type JobOwner } from "../core/service.ts";
import type { FileMark } from "../formats/launch-agent.ts";
import type { Files } from "../ports/files.ts";

export interface JobFilesSpec {
  readonly files: Files;
  readonly uid: number;
  readonly root: string;
  readonly dir: string;
  readonly nameOf: (id: JobId) => string;
  /** The peer that a file's name is about; null: no name of ours. */
  readonly peerIn: (name: string) => Personality | null;
  readonly mark: (text: string) => FileMark;
}

export interface JobFiles {
  fileOf(id: JobId): string;
  ownerOf(id: JobId): JobOwner;
  manages(personality: Personality): boolean;
  /** Peers that have a file, whosever it is. */
  peers(): readonly JobId[];
  /** After a change of our own: the folder's time may not tell it. */
  forget(): void;
}

/** A plist or unit is a few kilobytes; what is larger is none of ours. */
const FILE_BYTES_MAX = 256 * 1024;

export function createJobFiles(spec: JobFilesSpec): JobFiles {
  const { files, dir } = spec;
  let stamp = "";
  let named: ReadonlyMap<Personality, JobOwner> = new Map();
  const fileOf = (id: JobId) => `${dir}/${spec.nameOf(id)}`;
  const ownerOf = (id: JobId) => ownerOfFile(spec, fileOf(id));
  let looked = false;
  let isListed = true;
  const refresh = () => {
    if (looked) return;
    looked = true;
    queueMicrotask(() => {
      looked = false;
    });
    const facts = files.stat(dir);
    const now = facts.state === "ok" ? `${facts.inode}:${facts.mtimeMs}` : facts.state;
    if (now === stamp) return;
    const listed = files.list(dir);
    isListed = "names" in listed;
    // What cannot be told now is asked again at the next look, and nothing is forgotten for it.
    stamp = isListed ? now : "";
    if (!("names" in listed)) return;
    named = new Map(
      listed.names.flatMap((name) => {
        const peer = spec.peerIn(name);
        return peer === null ? [] : [[peer, ownerOf(peerJobId(peer))] as const];
      }),
    );
  };
  /** Without the folder's names the file itself says it, and without that what was known. */
  const ownerNow = (personality: Personality): JobOwner => {
    refresh();
    const known = named.get(personality) ?? { owner: "absent" };
    const id = peerJobId(personality);
    return isListed || files.stat(fileOf(id)).state === "failed" ? known : ownerOf(id);
  };
  return {
    fileOf,
    ownerOf,
    manages: (personality) => {
      const { owner } = ownerNow(personality);
      return owner === "ours" || owner === "foreign";
    },
    peers: () => {
      refresh();
      return [...named.keys()].map(peerJobId);
    },
    forget: () => {
      stamp = "";
      looked = false;
    },
  };
}

function ownerOfFile(spec: JobFilesSpec, path: string): JobOwner {
  const { files, uid, root } = spec;
  const facts = files.stat(path);
  if (facts.state === "missing") return { owner: "absent" };
  const foreign = (detail: string): JobOwner => ({ owner: "foreign", detail });
  if (facts.state === "failed") return foreign(facts.detail);
  if (facts.kind !== "file") return foreign(`it is a ${facts.kind}`);
  if (facts.uid !== uid) return foreign(`it belongs to uid ${facts.uid}`);
  const read = files.read(path, FILE_BYTES_MAX);
  if (read.state === "missing") return { owner: "absent" };
  if (read.state === "failed") return foreign(read.detail);
  const mark = spec.mark(read.text);
  if (mark.mark === "foreign") return foreign(mark.detail);
  if (trimmed(mark.root) === trimmed(root)) return { owner: "ours" };
  return { owner: "another-root", root: mark.root };
}

const trimmed = (path: string): string => path.replace(/(?<=.)\/+$/, "");
