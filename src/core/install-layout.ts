// Where `iapeer install` puts the program (service-manager contract): versions beside each other,
// a link to the one in use, and paths that no upgrade changes, since macOS ties privacy grants to
// them. Pure.

export interface InstallLayout {
  readonly share: string;
  /** A link to the folder of the version in use. */
  readonly current: string;
  /** A copy of bun, at a path that outlives package managers' upgrades. */
  readonly bun: string;
  readonly manifest: string;
  /** On people's PATH. */
  readonly launcher: string;
  readonly version: (build: string) => string;
}

export const ENTRY = "main.js";

export function installLayout(home: string): InstallLayout {
  const share = `${home}/.local/share/iapeer`;
  return {
    share,
    current: `${share}/current`,
    bun: `${share}/bin/bun`,
    manifest: `${share}/manifest.json`,
    launcher: `${home}/.local/bin/iapeer`,
    version: (build) => `${share}/${build}`,
  };
}

export interface RunningProgram {
  /** The argv that runs it again, by paths that stay. */
  readonly argv: readonly string[];
  /** Null: it does not run from where install puts it. */
  readonly build: string | null;
}

/** What a running program's argv, whose links are resolved, is called by. */
export function runningProgram(argv: readonly string[], home: string): RunningProgram {
  const { share, current, bun } = installLayout(home);
  const [runtime = "", main = "", ...rest] = argv;
  const below = main.startsWith(`${share}/`) ? main.slice(share.length + 1) : "";
  const build = below.split("/")[0] ?? "";
  if (build === "" || main !== `${share}/${build}/${ENTRY}`) return { argv, build: null };
  return { argv: [runtime === bun ? bun : runtime, `${current}/${ENTRY}`, ...rest], build };
}
