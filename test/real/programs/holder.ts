// Runs its arguments as a program, and is the one to whom the daemonised processes below it are
// left (prctl(2), PR_SET_CHILD_SUBREAPER), as a container's or a session's own init is.

import { dlopen } from "bun:ffi";

const PR_SET_CHILD_SUBREAPER = 36;
const { symbols } = dlopen("libc.so.6", {
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
});
if (symbols.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) !== 0) process.exit(1);
const child = Bun.spawn(process.argv.slice(2), { stdio: ["ignore", "ignore", "inherit"] });
process.exit(await child.exited);
