// The memory provider that `iapeer provider init` writes: a shell script, the same in
// TypeScript, and a declaration for either. Small, and complete: docs/write-a-memory-provider.md
// explains it, and the tests run it.

import type { ProvisionCommand } from "../core/provider.ts";

export interface SamplePlace {
  /** Absolute folder that the files are written to. */
  readonly dir: string;
  /** Absolute path of the program that runs TypeScript. */
  readonly bun: string;
}

export interface SampleFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

export const SAMPLE_DECLARATION = "memory-provider.json";

export function sampleProvider({ dir, bun }: SamplePlace): readonly SampleFile[] {
  const inSh = commands(`${dir}/provider.sh`, []);
  const inTs = commands(bun, [`${dir}/provider.ts`]);
  return [
    { name: "provider.sh", text: IN_SH, mode: 0o755 },
    { name: "provider.ts", text: IN_TS, mode: 0o644 },
    { name: SAMPLE_DECLARATION, text: declaration("sample-memory", inSh), mode: 0o644 },
    { name: "memory-provider-ts.json", text: declaration("sample-memory-ts", inTs), mode: 0o644 },
  ];
}

interface Commands {
  readonly provision: ProvisionCommand;
  readonly unprovision: ProvisionCommand;
}

function commands(command: string, before: readonly string[]): Commands {
  const facts = ["{cwd}", "{runtime}", "{personality}", "{occasion}"];
  return {
    provision: { command, args: [...before, "provision", ...facts] },
    unprovision: { command, args: [...before, "unprovision", ...facts] },
  };
}

const declaration = (provider: string, both: Commands): string =>
  `${JSON.stringify({ provider, package: provider, version: "0.1.0", ...both }, null, 2)}\n`;

const IN_SH = String.raw`#!/bin/sh
# A memory provider for iapeer: a file of notes for each peer, and a page of the peer's system
# prompt that says where it is. Every run may be repeated.
# usage: provider.sh provision|unprovision CWD RUNTIME PERSONALITY OCCASION
set -eu
direction=$1 cwd=$2 runtime=$3 personality=$4
store=$HOME/.sample-memory
notes=$store/$personality.md
page=$cwd/.iapeer/fragments/memory-$runtime.md

case $direction in
  provision)
    mkdir -p "$store" "$cwd/.iapeer/fragments"
    [ -e "$notes" ] || : > "$notes"
    text='What you want to remember is in %s: read it first, add to it.\n'
    printf "$text" "$notes" > "$page.new"
    mv -f "$page.new" "$page"
    ;;
  unprovision)
    # The notes stay: forgetting is for a person to decide.
    rm -f "$page"
    ;;
  *)
    echo "neither provision nor unprovision: $direction" >&2
    exit 2
    ;;
esac
`;

const IN_TS = String.raw`// A memory provider for iapeer: a file of notes for each peer, and
// a page of the peer's system prompt that says where it is. Every run may be repeated.
// usage: bun provider.ts provision|unprovision CWD RUNTIME PERSONALITY OCCASION
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const [direction, cwd = "", runtime = "", personality = ""] = process.argv.slice(2);
const store = join(homedir(), ".sample-memory");
const notes = join(store, personality + ".md");
const pages = join(cwd, ".iapeer", "fragments");
const page = join(pages, "memory-" + runtime + ".md");

switch (direction) {
  case "provision":
    mkdirSync(store, { recursive: true });
    mkdirSync(pages, { recursive: true });
    appendFileSync(notes, "");
    writeFileSync(
      page + ".new",
      "What you want to remember is in " + notes + ": read it first, add to it.\n",
    );
    renameSync(page + ".new", page);
    break;
  case "unprovision":
    // The notes stay: forgetting is for a person to decide.
    rmSync(page, { force: true });
    break;
  default:
    console.error("neither provision nor unprovision: " + direction);
    process.exitCode = 2;
}
`;
