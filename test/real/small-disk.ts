// A disk of 8 MiB under a fleet's home, which a test may fill.

import { writeFileSync } from "node:fs";

const IS_ROOT = process.getuid?.() === 0;

export const SMALL_DISK = {
  mount: (home: string): void => {
    const argv = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", home];
    const mounted = Bun.spawnSync(argv, { stdio: ["ignore", "ignore", "pipe"] });
    if (mounted.exitCode !== 0) throw new Error(mounted.stderr.toString());
  },
  unmount: (home: string): void => {
    Bun.spawnSync(["umount", "-l", home]);
  },
};

/** Says why not, where there is none. */
export function hasSmallDisk(): boolean {
  const argv = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
  if (IS_ROOT && Bun.spawnSync(argv).exitCode === 0) return true;
  console.warn("skipped: no tmpfs can be mounted here");
  return false;
}

/** To the last byte. */
export function fill(path: string): void {
  const chunk = Buffer.alloc(64 * 1024);
  for (let size = chunk.length; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, chunk.subarray(0, size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
