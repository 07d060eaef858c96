// A canary whose shell cannot fork its tmux client (lifecycle §6, §7): the launch says why, and
// that nothing was started, which no other end of a launcher says. Once a server is up nothing of
// the canary is heard any more.

import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { renderCanaryScript, TMUX_NOT_RUN } from "../../src/formats/canary-script.ts";
import { Generation } from "./generation.ts";
import { env, processes, SHELLS, tmux, tools, until } from "./host-under-test.ts";

/** dash gives up at once; bash tries again for a quarter of a minute. */
const PATIENCE_MS = 60_000;
/** The kernel lets root have any number of processes. */
const NOBODY = "65534";

/** Goes on as the canary, of a user who may have no second process; null where that cannot be. */
function forkless(made: Generation, shell: readonly string[]): string | null {
  const [setpriv, prlimit] = [Bun.which("setpriv"), Bun.which("prlimit")];
  if (setpriv === null || prlimit === null) return null;
  const isRoot = process.getuid?.() === 0;
  const drop = [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const words = [...(isRoot ? drop : []), prlimit, "--nproc=1", ...shell, "/proc/self/fd/4"];
  const path = join(made.scratch, "forkless");
  // Opened here: the scratch folder is closed to others.
  writeFileSync(path, `exec 4<'${made.paths.canaryScript}'\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(made.paths.canaryScript, 0o644);
  return path;
}

interface Launch {
  readonly canaryScript: string;
  readonly onClient?: (client: { pid: number }) => void;
}

const launch = (made: Generation, how: Launch) =>
  tmux.newSession({
    socket: made.facts.socket,
    identity: made.identity,
    conf: made.paths.tmuxConf,
    cwd: made.cwd,
    argv: ["/bin/cat"],
    env,
    timeoutMs: PATIENCE_MS,
    ...how,
  });

test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "a launch whose shell, %s, cannot fork says so, and that nothing was started",
  async (_, shell) => {
    await using made = new Generation();
    const canaryScript = forkless(made, shell);
    if (canaryScript === null) {
      console.warn("skipped: no setpriv and prlimit to bind a user's processes with");
      return;
    }
    const outcome = await launch(made, { canaryScript });
    expect(outcome).toMatchObject({ state: "failed", reason: "unfit" });
    expect("detail" in outcome && outcome.detail).toMatch(/\bfork\b/);
    expect("detail" in outcome && outcome.detail).not.toContain(TMUX_NOT_RUN);
    expect(tmux.probe(made.facts.socket)).toBe("missing");
  },
  PATIENCE_MS + 30_000,
);

describe("a launcher that ends without an answer", () => {
  const wordless = {
    state: "failed",
    reason: "refused",
    detail: "tmux ended without a word",
  } as const;

  test("for a reason that it cannot say may have run tmux", async () => {
    await using made = new Generation();
    writeFileSync(made.paths.canaryScript, "kill -KILL $$\n");
    expect(await launch(made, { canaryScript: made.paths.canaryScript })).toEqual(wordless);
  });

  test("has run tmux once it has forked, whatever then becomes of it", async () => {
    await using made = new Generation();
    const { canaryScript } = made.paths;
    const mute = join(made.scratch, "mute");
    writeFileSync(mute, "#!/bin/sh\n: >asked\nexec sleep 1000\n", { mode: 0o755 });
    const facts = { ...made.facts, tools: { ...tools, tmux: mute } };
    // Still where it is heard.
    const text = renderCanaryScript(facts).replace("umask 077", ": >forked; while :; do :; done");
    writeFileSync(canaryScript, text);
    const launched = Promise.withResolvers<number>();
    const outcome = launch(made, { canaryScript, onClient: ({ pid }) => launched.resolve(pid) });
    const pid = await launched.promise;
    const both = ["asked", "forked"].map((name) => join(made.cwd, name));
    await until("both", () => both.every((path) => existsSync(path)));
    process.kill(pid, "SIGTERM");
    expect(await outcome).toEqual(wordless);
  });

  test("takes its client along before it has so much as written down its pid", async () => {
    await using made = new Generation();
    const { canaryScript } = made.paths;
    const mute = join(made.scratch, "mute");
    writeFileSync(mute, "#!/bin/sh\n: >asked\nexec sleep 1000\n", { mode: 0o755 });
    const text = renderCanaryScript({ ...made.facts, tools: { ...tools, tmux: mute } });
    const asked = "until [ -e asked ]; do :; done; kill -TERM $$";
    const cut = text.replace(/^ {4}iap_client=\$!$/m, (line) => `    ${asked}\n${line}`);
    expect(cut).not.toBe(text);
    writeFileSync(canaryScript, cut);
    // A client that lived on would hold on to where it is heard.
    expect(await launch(made, { canaryScript })).toEqual(wordless);
  });
});

test("a launcher that was killed is no canary of the server that comes up yet", async () => {
  await using made = new Generation();
  const { canaryScript } = made.paths;
  // Until whoever started it has seen it end.
  const seen = "while kill -0 $$ 2>/dev/null; do :; done";
  const late = `${seen}; exec '${tools.tmux}' "$@" >&3 2>&1 3>&-`;
  writeFileSync(canaryScript, `(${late}) &\nexec 3>&-\nkill -KILL $$\n`);
  const outcome = await launch(made, { canaryScript });
  const server = outcome.state === "up" ? processes.identify(outcome.serverPid) : null;
  if (server === null || server === "unknown") throw new Error(JSON.stringify(outcome));
  processes.signal(server, "KILL");
  await made.gone(server);
  expect(outcome).not.toHaveProperty("canary");
});

/** Its last child is gone, and that pid is anybody's. */
test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "between two waits a recorder, %s, that is dismissed signals nobody",
  async (_, shell) => {
    await using made = await new Generation().launch();
    const killed = join(made.scratch, "killed");
    const wait = '"$sleep" 0 &\nwait $!\ncommand kill -TERM $$\n';
    const script = renderCanaryScript(made.facts);
    const text = script.replace(/^server_pid= server_start= /m, (line) => wait + line);
    expect(text).not.toBe(script);
    writeFileSync(made.paths.canaryScript, `kill() { echo "$@" >>'${killed}'; }\n${text}`);
    const recorder = Bun.spawn([...shell, made.paths.canaryScript], { stdio: ["ignore", 2, 2] });
    expect(await recorder.exited).toBe(0);
    expect(existsSync(made.paths.canaryPid)).toBe(true);
    expect(existsSync(killed)).toBe(false);
  },
);

test.if(process.platform === "linux")("a canary that launched has nobody to tell", async () => {
  await using made = await new Generation().launchWatched();
  const dir = `/proc/${made.theCanary().pid}/fd`;
  const open = new Map(readdirSync(dir).map((fd) => [fd, readlinkSync(`${dir}/${fd}`)]));
  expect([0, 1, 2].map((fd) => open.get(`${fd}`))).toEqual(Array(3).fill("/dev/null"));
  const others = [...open.values()].filter((target) => target !== "/dev/null");
  expect([...new Set(others)]).toEqual([made.paths.canaryScript]);
});
