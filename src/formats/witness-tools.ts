// The programs that a generation's scripts run, each by absolute path (lifecycle §6): a service
// manager's PATH is minimal, and a witness must not depend on whose environment started it.

const REQUIRED = ["sh", "cat", "date", "ln", "mv", "rm", "sleep"] as const;
const OPTIONAL = [
  "awk",
  "head",
  "journalctl",
  "ls",
  "mkdir",
  "ps",
  "sort",
  "sysctl",
  "tail",
  "timeout",
  "tr",
  "vm_stat",
] as const;

type RequiredTool = (typeof REQUIRED)[number];
type OptionalTool = (typeof OPTIONAL)[number];

/** Absolute paths. An optional tool that is missing is empty: its part is then left out. */
export type WitnessTools = Readonly<Record<RequiredTool | OptionalTool | "tmux", string>>;

/** Where systems keep them; the last two are where `brew` and `make install` put tmux. */
const FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

export interface ToolSearch {
  /** A name or an absolute path. */
  readonly tmux: string;
  /** Folders looked in first, such as those of PATH; relative ones are passed over. */
  readonly folders?: readonly string[];
  readonly isFile: (path: string) => boolean;
}

/** A required tool that is nowhere gets its usual path: the script then fails, and says so. */
export function findWitnessTools(search: ToolSearch): WitnessTools {
  const folders = [...FOLDERS, ...(search.folders ?? []).filter((path) => path.startsWith("/"))];
  const find = (name: string): string | undefined =>
    folders.map((folder) => `${folder}/${name}`).find(search.isFile);
  const required = REQUIRED.map((name) => [name, find(name) ?? `/bin/${name}`]);
  const optional = OPTIONAL.map((name) => [name, find(name) ?? ""]);
  const { tmux } = search;
  const tmuxPath = tmux.startsWith("/") ? tmux : (find(tmux) ?? `/usr/bin/${tmux}`);
  return Object.fromEntries([...required, ...optional, ["tmux", tmuxPath]]) as WitnessTools;
}
