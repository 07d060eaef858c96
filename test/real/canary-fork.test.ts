// A canary whose shell cannot fork its tmux client (lifecycle §6, §7): the launch says why, and
// once a server is up nothing of the canary is heard any more.

import { expect, test } from "bun:test";
import { chmodSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Generation } from "./generation.ts";
import { env, tmux, tools } from "./host-under-test.ts";

/** dash gives up at once; bash tries again for a quarter of a minute. */
const PATIENCE_MS = 60_000;
/** The kernel lets root have any number of processes. */
const NOBODY = "65534";

/** Goes on as the canary, of a user who may have no second process; null where that cannot be. */
function forkless(made: Generation): string | null {
  const [setpriv, prlimit] = [Bun.which("setpriv"), Bun.which("prlimit")];
  if (setpriv === null || prlimit === null) return null;
  const isRoot = process.getuid?.() === 0;
  const drop = [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const words = [...(isRoot ? drop : []), prlimit, "--nproc=1", tools.sh, "/proc/self/fd/4"];
  const path = join(made.scratch, "forkless");
  // Opened here: the scratch folder is closed to others.
  writeFileSync(path, `exec 4<'${made.paths.canaryScript}'\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(made.paths.canaryScript, 0o644);
  return path;
}

test("a launch whose shell cannot fork says so", async () => {
  await using made = new Generation();
  const canaryScript = forkless(made);
  if (canaryScript === null) {
    console.warn("skipped: no setpriv and prlimit to bind a user's processes with");
    return;
  }
  const outcome = await tmux.newSession({
    socket: made.facts.socket,
    identity: made.identity,
    conf: made.paths.tmuxConf,
    cwd: made.cwd,
    argv: ["/bin/cat"],
    env,
    timeoutMs: PATIENCE_MS,
    canaryScript,
  });
  expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
  expect("detail" in outcome && outcome.detail).toMatch(/\bfork\b/);
  expect(tmux.probe(made.facts.socket)).toBe("missing");
}, PATIENCE_MS + 30_000);

test.if(process.platform === "linux")("a canary that launched has nobody to tell", async () => {
  await using made = await new Generation().launchWatched();
  const dir = `/proc/${made.theCanary().pid}/fd`;
  const open = new Map(readdirSync(dir).map((fd) => [fd, readlinkSync(`${dir}/${fd}`)]));
  expect([0, 1, 2].map((fd) => open.get(`${fd}`))).toEqual(Array(3).fill("/dev/null"));
  const others = [...open.values()].filter((target) => target !== "/dev/null");
  expect([...new Set(others)]).toEqual([made.paths.canaryScript]);
});
