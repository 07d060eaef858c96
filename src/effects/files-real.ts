// Where a path really leads (ports/files.ts): a program asks the kernel for its working folder,
// and is told the path without symlinks.

import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The last part is left as it is, so that a symlink there can still be seen and refused. */
export const realParent = (path: string): string => {
  const above = dirname(path);
  return above === path ? path : join(real(above), basename(path));
};

/** Of a path that is not all there, the part that is. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return realParent(path); // Missing, or not to be looked into: its parent may tell.
  }
}
