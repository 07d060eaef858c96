// What a demonstration that was kept says to try, as it can be typed: a checkout's program is on
// nobody's PATH.

import { installLayout, runningProgram } from "../../core/install-layout.ts";
import type { Files } from "../../ports/files.ts";
import { quoted } from "../rooted.ts";

export interface Run {
  /** The argv that runs this program again. */
  readonly program: readonly string[];
  readonly path: string;
  readonly home: string;
  readonly files: Files;
}

/** `iapeer` where the PATH leads to this very program, else the program as it was run. */
export function typedAs({ program, path, home, files }: Run): string {
  const found = Bun.which("iapeer", { PATH: path });
  if (found === null) return program.map(quoted).join(" ");
  // The launcher is a script that starts the version in use.
  const isInstalled = runningProgram(program, home).build !== null;
  const isLauncher = isInstalled && found === installLayout(home).launcher;
  const isThis = isLauncher || isSame(files, [found, program.at(-1) ?? ""]);
  return isThis ? "iapeer" : program.map(quoted).join(" ");
}

function isSame(files: Files, [a, b]: readonly [string, string]): boolean {
  const [one, other] = [files.statTarget(a), files.statTarget(b)];
  return one.state === "ok" && other.state === "ok" && one.inode === other.inode;
}

const TRY = ["top", "why bob", "exits", "attach ada", "logs bob -f"];
const END = ["stop --all --yes", "daemon stop"];

export function keptLines(root: string, iapeer: string): readonly string[] {
  const line = (verb: string): string => `  ${iapeer} ${verb} --root ${quoted(root)}`;
  return [
    "",
    `It goes on running in ${root}. Try:`,
    ...TRY.map(line),
    "To end all of it, and to remove the folder, which stays until then:",
    ...END.map(line),
    `  rm -r ${quoted(root)}`,
  ];
}
