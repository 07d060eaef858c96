// The system prompt of an agentic peer, composed from layers: who it is, what all peers and it
// alone are told, who the others are, further documents, machine-written fragments.

import type { WallMs } from "../core/brand.ts";
import type { Identity, Intelligence, Personality, RuntimeName } from "../core/names.ts";
import { renderInstant } from "./instant.ts";
import { visibleLine } from "./visible-text.ts";

export interface DoctrineIdentity {
  readonly personality: Personality;
  readonly identity: Identity;
  readonly description: string;
  readonly cwd: string;
  readonly host: string;
  readonly wall: WallMs;
}

export interface DoctrinePeer {
  readonly personality: Personality;
  readonly intelligence: Intelligence;
  readonly runtimes: readonly RuntimeName[];
  readonly description: string;
}

/** A file's name and content. */
export interface DoctrineDocument {
  readonly name: string;
  readonly text: string;
}

export interface DoctrineLayers {
  readonly identity: DoctrineIdentity | null;
  /** `IAPEER.md` of the root; null or empty when there is none. */
  readonly shared: string | null;
  /** `IAPEER.md` of the peer. */
  readonly own: string | null;
  /** All the other peers; the peer itself is left out by the caller. */
  readonly peers: readonly DoctrinePeer[];
  /** The other `*.md` files of both `.iapeer` folders. */
  readonly documents: readonly DoctrineDocument[];
  readonly fragments: readonly DoctrineDocument[];
}

/** Layers in their order, empty ones left out; null when nothing is left. */
export function composeDoctrine(layers: DoctrineLayers): string | null {
  const parts = [
    layers.identity === null ? "" : identityBlock(layers.identity),
    tidy(layers.shared ?? ""),
    tidy(layers.own ?? ""),
    peerList(layers.peers),
    ...byName(layers.documents),
    ...byName(layers.fragments),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : `${parts.join("\n\n")}\n`;
}

/** Each value on one line, so that a description cannot pass for another line of the block. */
function identityBlock(about: DoctrineIdentity): string {
  const lines = [
    ["Name", about.personality],
    ["Address", about.identity],
    ["Description", about.description],
    ["Folder", about.cwd],
    ["Host", about.host],
    ["Date", renderInstant(about.wall).slice(0, 10)],
  ] as const;
  const shown = lines
    .map(([name, value]) => [name, visibleLine(value)] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `- ${name}: ${value}`);
  return [`# You are ${about.personality}`, "", ...shown].join("\n");
}

function peerList(peers: readonly DoctrinePeer[]): string {
  if (peers.length === 0) return "";
  const lines = peers
    .toSorted((a, b) => compare(a.personality, b.personality))
    .map((peer) => {
      const about = visibleLine(peer.description);
      const kind = `${peer.intelligence}; ${peer.runtimes.join(", ")}`;
      return `- ${peer.personality} (${kind})${about === "" ? "" : `: ${about}`}`;
    });
  return ["# Other peers", "", ...lines].join("\n");
}

/** Documents of the same name keep the order in which they were given. */
const byName = (documents: readonly DoctrineDocument[]): string[] =>
  documents.toSorted((a, b) => compare(a.name, b.name)).map(({ text }) => tidy(text));

/** By code unit: the same on every host, whatever its locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** A file as a person meant it: no byte order mark, no CRLF, no NUL, no blank edges. */
const tidy = (text: string): string =>
  text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .replaceAll("\0", "")
    .replace(/^(?:[ \t]*\n)+/, "")
    .trimEnd();
