// Damages to a root with one peer, one a finding of `verify`, and what `--fix` makes of each.

import { expect } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import type { FindingCode } from "../../src/flows/peers/finding.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { verifyFix } from "../../src/flows/peers/verify-fix.ts";
import { changeDoc, peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { readProfile } from "../../src/flows/storage/profile.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import type { Host } from "../../src/ports/host.ts";
import { must, openHost, scratch } from "./root-host.ts";

/** As the verb does it, with nobody else about. */
export const fix = (host: Host) => verifyFix(host, (rename) => renamePeer(host, rename));

export const ID = "claude-a" as Identity;
const OLD = "claude-old" as Identity;
const LIFE = "20260131T235959007Z-ab12" as GenerationId;

export async function place() {
  const made = scratch();
  const host = openHost(made.root);
  must(prepareRoot(host));
  const { entry } = must(
    await createPeer(host, { name: "a", runtime: "claude", description: "A" }),
  );
  const { profile } = peerLayout(entry.cwd);
  return { host, dir: made.dir, entry, profile, [Symbol.dispose]: () => made[Symbol.dispose]() };
}

export type Place = Awaited<ReturnType<typeof place>>;

export function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

export interface Case {
  readonly code: FindingCode;
  readonly damage: (at: Place) => void;
  /** What is still found after `--fix`. */
  readonly left?: readonly FindingCode[];
  readonly after?: (at: Place) => void;
}

export const FIXED: Case[] = [
  {
    code: "registry-lost",
    damage: (at) => rmSync(at.host.layout.registry),
  },
  {
    code: "registry-corrupt",
    damage: (at) => writeFileSync(at.host.layout.registry, '{"version": 1, "peers": [{'),
    left: ["copy-set-aside"],
  },
  {
    code: "profile-missing",
    damage: (at) => rmSync(at.profile),
    after: (at) =>
      expect(readProfile(at.host, at.entry.cwd)).toMatchObject({ profile: { description: "A" } }),
  },
  {
    code: "profile-corrupt",
    damage: (at) => writeFileSync(at.profile, "{"),
    left: ["copy-set-aside"],
    after: (at) => {
      const { dir } = peerLayout(at.entry.cwd);
      const aside = readdirSync(dir).filter((name) => name.includes(".corrupt-"));
      expect(aside.map((name) => readFileSync(join(dir, name), "utf8"))).toEqual(["{"]);
    },
  },
  {
    code: "profile-differs",
    damage: (at) => edit(at.profile, '"description": "A"', '"description": "B", "colour": "blue"'),
    after: (at) => {
      expect(must(findPeer(at.host, "a")).description).toBe("B");
      expect(readFileSync(at.profile, "utf8")).toContain("blue");
    },
  },
  {
    code: "profile-renamed",
    damage: (at) => {
      changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true }));
      edit(at.profile, '"personality": "a"', '"personality": "z"');
    },
    after: (at) => {
      expect(must(findPeer(at.host, "z")).cwd).toBe(at.entry.cwd);
      const doc = peekDoc(at.host, "claude-z" as Identity);
      expect(doc).toMatchObject({ state: "ok", doc: { stopped: true } });
    },
  },
  {
    code: "folder-moved",
    damage: (at) => renameSync(at.entry.cwd, join(at.host.layout.peersDir, "moved")),
    after: (at) =>
      expect(must(findPeer(at.host, "a")).cwd).toBe(join(at.host.layout.peersDir, "moved")),
  },
  {
    code: "unregistered-folder",
    damage: (at) =>
      writeFileSync(at.host.layout.registry, '{"version": 1, "peers": []}\n'),
    after: (at) => expect(must(findPeer(at.host, "a"))).toEqual(at.entry),
  },
  {
    code: "own-folder",
    damage: (at) => chmodSync(at.host.layout.runDir, 0o755),
    after: (at) => expect(statSync(at.host.layout.runDir).mode & 0o777).toBe(0o700),
  },
  {
    code: "doc-corrupt",
    damage: (at) => writeFileSync(at.host.layout.identityDoc(ID), "{"),
    left: ["copy-set-aside"],
    after: (at) => expect(peekDoc(at.host, ID)).toMatchObject({ doc: { stopped: true } }),
  },
  {
    code: "rename-cut-off",
    damage: (at) => {
      const { layout } = at.host;
      mkdirSync(layout.generation(OLD, LIFE).dir, { recursive: true });
      writeFileSync(layout.generation(OLD, LIFE).end, "its one end");
      writeFileSync(layout.paneLog(OLD), "text");
      for (const id of [OLD, ID]) changeDoc(at.host, id, (doc) => ({ ...doc, generation: LIFE }));
    },
    after: (at) => {
      const { layout } = at.host;
      expect(readFileSync(layout.generation(ID, LIFE).end, "utf8")).toBe("its one end");
      expect(readFileSync(layout.paneLog(ID), "utf8")).toBe("text");
      expect(existsSync(layout.sessionDir(OLD))).toBe(false);
      expect(existsSync(layout.identityDoc(OLD))).toBe(false);
    },
  },
  {
    code: "orphan-state",
    damage: (at) => {
      mkdirSync(at.host.layout.sessionDir("codex-gone" as Identity));
      writeFileSync(at.host.layout.paneLog("codex-gone" as Identity), "text");
    },
    after: (at) => {
      expect(existsSync(at.host.layout.sessionDir("codex-gone" as Identity))).toBe(false);
      expect(readdirSync(at.host.layout.panesDir)).toEqual([]);
    },
  },
  {
    code: "launch-env-mode",
    damage: (at) => {
      const path = peerLayout(at.entry.cwd).launchEnv("claude");
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "# mine\nA=1\n", { mode: 0o644 });
    },
    after: (at) => {
      const path = peerLayout(at.entry.cwd).launchEnv("claude");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, "utf8")).toBe("# mine\nA=1\n");
    },
  },
  {
    code: "temporary-file",
    // No process has a pid as large as this.
    damage: (at) => writeFileSync(join(at.host.layout.root, ".iapeer-2147483646-1.tmp"), "half"),
  },
];

export const BY_HAND: Case[] = [
  {
    code: "folder-missing",
    damage: (at) => renameSync(at.entry.cwd, join(at.dir, "elsewhere")),
  },
  {
    code: "profile-unreadable",
    damage: (at) => {
      renameSync(at.profile, join(at.dir, "profile"));
      symlinkSync(join(at.dir, "profile"), at.profile);
    },
  },
  {
    code: "runtime-unknown",
    damage: (at) => {
      edit(at.profile, '"claude"\n  ]', '"claude",\n    "later"\n  ]');
      edit(at.host.layout.registry, '["claude"]', '["claude","later"]');
    },
  },
  {
    code: "launch-env-unusable",
    damage: (at) => {
      const path = peerLayout(at.entry.cwd).launchEnv("claude");
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "not a pair", { mode: 0o600 });
    },
  },
  {
    code: "name-clash",
    damage: (at) => {
      const copy = join(at.host.layout.peersDir, "copy/.iapeer");
      mkdirSync(copy, { recursive: true });
      writeFileSync(join(copy, "peer-profile.json"), readFileSync(at.profile));
    },
  },
  {
    code: "unregistered-unusable",
    damage: (at) => {
      const stray = join(at.host.layout.peersDir, "stray/.iapeer");
      mkdirSync(stray, { recursive: true });
      writeFileSync(join(stray, "peer-profile.json"), "{");
    },
  },
  { code: "doc-unreadable", damage: (at) => mkdirSync(at.host.layout.identityDoc(ID)) },
  {
    code: "orphan-session",
    damage: (at) => {
      const socket = join(at.host.layout.runDir, "codex-gone.sock");
      writeFileSync(socket, "");
      at.host.probes.set(socket, "answers");
    },
  },
];
