// The folder and the environment that a stage of the suite gets of its own. What is left of a
// stage afterwards is recognised by them; and a tmux server that nobody gave a socket would
// show up in a folder where none may be.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";

export interface StagePlace {
  /** Short, since a socket's path has at most 100 bytes. */
  readonly folder: string;
  readonly junit: string;
  readonly env: Readonly<Record<string, string>>;
  /** Tmux servers on the default socket, and files in the user's own root: there must be none. */
  trespasses(): string[];
  remove(): void;
}

/** Variables that would make a test depend on who runs it. */
const FOREIGN = /^(?:TMUX|IAPEER_|PEER_|ANTHROPIC_|CLAUDE|CODEX_|OPENAI_|LC_|FORCE_COLOR)/;

type Environment = Readonly<Record<string, string | undefined>>;

export function createStagePlace(env: Environment, extra: Record<string, string>): StagePlace {
  const folder = realpathSync(mkdtempSync("/tmp/iap-"));
  const temporary = join(folder, "t");
  const noTmux = join(folder, "no-tmux");
  mkdirSync(temporary);
  mkdirSync(noTmux);
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !FOREIGN.test(entry[0]),
  );
  const outside = [defaultSocket(), join(env["HOME"] ?? "/", ".iapeer")];
  const absent = outside.filter((path) => !existsSync(path));
  return {
    folder,
    junit: join(folder, "junit.xml"),
    env: {
      ...Object.fromEntries(kept),
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      TMPDIR: temporary,
      TMUX_TMPDIR: noTmux,
      ...extra,
    },
    trespasses: () => [
      ...readdirSync(noTmux).map((name) => `a tmux server on the default socket (${name})`),
      ...absent.filter((path) => existsSync(path)).map((path) => `${path} appeared`),
    ],
    remove: () => remove(folder),
  };
}

/** A test of permissions that failed may have left folders that even their owner cannot list. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    openUp(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function openUp(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openUp(join(folder, entry.name));
  }
}

const defaultSocket = (): string => `/tmp/tmux-${process.getuid?.() ?? 0}/default`;
