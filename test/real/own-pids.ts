// A pid namespace of its own, as a container has, for what a test starts.

export const OWN_PIDS = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child=KILL", "--"];

/** Says why not, where it cannot be had. */
export function hasOwnPids(): boolean {
  const isLinux = process.platform === "linux" && Bun.which("unshare") !== null;
  if (isLinux && Bun.spawnSync([...OWN_PIDS, "true"]).exitCode === 0) return true;
  console.warn("skipped: a pid namespace of our own needs root");
  return false;
}
