// The witnesses' scripts and tmux.conf as text (lifecycle §6, §7): valid for every sh, nothing
// secret or relative in them, and macOS's way of looking at a process tried with stand-ins.

import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layout } from "../../src/core/layout.ts";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import { sameProcess } from "../../src/core/process-ref.ts";
import { parseCanaryPid } from "../../src/formats/canary-pid.ts";
import {
  type CanaryFacts,
  canaryChannel,
  renderCanaryScript,
} from "../../src/formats/canary-script.ts";
import { parseEndRecord } from "../../src/formats/end-record.ts";
import { renderHookScript } from "../../src/formats/hook-script.ts";
import { renderTmuxConf } from "../../src/formats/tmux-conf.ts";
import { findWitnessTools } from "../../src/formats/witness-tools.ts";
import { SHELLS } from "../real/host-under-test.ts";

const IDENTITY = "command-echo" as Identity;
const GENERATION = "20260131T000000001Z-abcd" as GenerationId;
const HOSTILE = "/r'o\"o$(t)`x`\n#{pid}%H é";
const everywhere = { tmux: "tmux", isFile: () => true };

function factsFor(root: string, more: Partial<CanaryFacts> = {}): CanaryFacts {
  const paths = layout(root);
  return {
    identity: IDENTITY,
    generation: GENERATION,
    paths: paths.generation(IDENTITY, GENERATION),
    socket: `${root}/run/s`,
    exitsLog: paths.exitsLog,
    platform: "linux",
    tools: findWitnessTools(everywhere),
    oomKills: 3,
    oomBase: paths.oomBase,
    serverDeathsDir: paths.serverDeathsDir,
    paneLog: paths.paneLog(IDENTITY),
    secretPaths: [`${root}/launch.env`],
    secretNames: ["TOKEN"],
    home: "/home/ann",
    forensicsKeep: 50,
    ...more,
  };
}

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("%s", (_, shell) => {
  test.each([
    ["the hook", renderHookScript(factsFor(HOSTILE))],
    ["a canary on Linux", renderCanaryScript(factsFor(HOSTILE))],
    ["a canary on macOS", renderCanaryScript(factsFor(HOSTILE, { platform: "darwin" }))],
    ["without secrets' files", renderCanaryScript(factsFor(HOSTILE, { secretPaths: [] }))],
  ])("reads %s without complaint", (_name, text) => {
    const ran = Bun.spawnSync([...shell, "-n"], { stdin: new TextEncoder().encode(text) });
    expect([ran.exitCode, ran.stderr.toString()]).toEqual([0, ""]);
  });
});

describe("scripts", () => {
  test("a waiting canary has read no more than it needs", () => {
    const text = renderCanaryScript(factsFor("/srv/iapeer"));
    const early = text.slice(0, text.indexOf("\ndone\n"));
    expect(early).toContain('wait-for "$channel"');
    expect(early).not.toContain("meminfo");
    // sh reads its script in pieces of 8 KiB.
    expect(early.length).toBeLessThan(8192);
  });

  test("every program has an absolute path", () => {
    for (const text of [renderCanaryScript(factsFor("/r")), renderHookScript(factsFor("/r"))]) {
      const names = Object.keys(findWitnessTools(everywhere));
      const bare = new RegExp(`^ *(?:${names.join("|")}) `, "m");
      expect(text.match(bare)).toBeNull();
    }
  });

  test("the channel is named after the identity", () => {
    expect(canaryChannel(IDENTITY)).toBe("iap-canary-command-echo");
    expect(renderCanaryScript(factsFor("/r"))).toContain("channel='iap-canary-command-echo'\n");
  });
});

describe("tools", () => {
  test("are found in the system's folders first", () => {
    const files = new Set(["/bin/sh", "/usr/bin/sh", "/bin/cat", "/opt/x/tmux", "/opt/x/cat"]);
    const found = findWitnessTools({
      tmux: "tmux",
      folders: ["relative", "/opt/x"],
      isFile: (path) => files.has(path),
    });
    expect(found).toMatchObject({ sh: "/usr/bin/sh", cat: "/bin/cat", tmux: "/opt/x/tmux" });
  });

  test("that are nowhere are left out, or have their usual path", () => {
    const found = findWitnessTools({ tmux: "/my/tmux", isFile: () => false });
    expect(found).toMatchObject({ sh: "/bin/sh", journalctl: "", awk: "", tmux: "/my/tmux" });
  });
});

test("tmux.conf", () => {
  const paths = layout("/srv/iapeer").generation(IDENTITY, GENERATION);
  const text = renderTmuxConf({
    generation: GENERATION,
    paneLog: "/srv/iapeer/p.log",
    hookScript: paths.hookScript,
    attached: "/srv/iapeer/attached",
    pids: "/srv/iapeer/pids",
    tools: findWitnessTools(everywhere),
  });
  expect(text).toBe(readFileSync(new URL("./golden/tmux.conf", import.meta.url), "utf8"));
});

describe("macOS's ps and date, by stand-ins", () => {
  const LSTART = "Tue Nov 25 10:12:00 2025";

  /** One that tells of a server as long as `alive` is there, and of anybody else always. */
  const PS = `#!/bin/sh
for pid do :; done
case $pid in
  4242) [ -e "$ROOT/alive" ] || exit 1; stat=$(cat "$ROOT/alive") ;;
  *) stat=S+ ;;
esac
case "$*" in *lstart*) echo "$stat ${LSTART}" ;; *) echo "$stat" ;; esac
`;
  const DATE = `#!/bin/sh
case "$*" in
  '-j -f %a %b %d %T %Y ${LSTART} +%s') echo 1764065520 ;;
  *) echo '1764065530 2025-11-25T10:12:10.3N' ;;
esac
`;
  /** \`wait-for\` waits until the test says \`go\`. */
  const TMUX = `#!/bin/sh
case "$*" in *wait-for*) until [ -e "$ROOT/go" ]; do sleep 0.01; done; rm "$ROOT/go" ;; esac
exit 1
`;

  async function withMac(use: (root: string, facts: CanaryFacts) => Promise<void>) {
    const root = mkdtempSync(join(tmpdir(), "iapeer-mac-"));
    const program = (name: string, text: string) => {
      writeFileSync(join(root, name), text.replaceAll("$ROOT", root));
      chmodSync(join(root, name), 0o755);
      return join(root, name);
    };
    const tools = {
      ...findWitnessTools({ tmux: "tmux", isFile: existsSync }),
      ps: program("ps", PS),
      date: program("date", DATE),
      tmux: program("tmux", TMUX),
    };
    const facts = factsFor(root, { platform: "darwin", tools, oomKills: null });
    const made = Bun.spawnSync(["mkdir", "-p", facts.paths.dir, join(root, "logs/iapeer")]);
    expect(made.exitCode).toBe(0);
    try {
      await use(root, facts);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }

  const begin = (facts: CanaryFacts, start: string) => {
    const script = join(facts.paths.dir, "canary.sh");
    writeFileSync(script, renderCanaryScript(facts));
    writeFileSync(facts.paths.start, `{"x":1,"server":{"pid":4242,"start":"${start}"}}\n`);
    return Bun.spawn(["/bin/sh", script], { stdio: ["ignore", "ignore", "ignore"] });
  };

  const endOf = (facts: CanaryFacts) => {
    const parsed = parseEndRecord(readFileSync(facts.paths.end, "utf8"));
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  };

  test("whole seconds tell the server from another process", async () => {
    await withMac(async (root, facts) => {
      writeFileSync(join(root, "alive"), "Ss");
      const canary = begin(facts, "1764065521.000001");
      await canary.exited;
      expect(endOf(facts)).toMatchObject({ serverPid: 4242, cause: "server-vanished" });
    });
  });

  test("a zombie is dead, and a living server is waited for", async () => {
    await withMac(async (root, facts) => {
      writeFileSync(join(root, "alive"), "Ss");
      const canary = begin(facts, "1764065520.000001");
      writeFileSync(join(root, "go"), "");
      while (existsSync(join(root, "go"))) await Bun.sleep(1);
      expect(existsSync(facts.paths.end)).toBe(false);
      const ref = parseCanaryPid(readFileSync(facts.paths.canaryPid, "utf8"));
      expect(ref).toEqual({ pid: canary.pid, start: "1764065520" });
      writeFileSync(join(root, "alive"), "Z");
      writeFileSync(join(root, "go"), "");
      await canary.exited;
      const end = endOf(facts);
      expect(end).toMatchObject({ ts: "2025-11-25T10:12:10.000Z", serverPid: 4242 });
      expect(end.verdict.oom).toBe("unknown");
    });
  });

  test("a start that sh saw is the same second's", () => {
    const full = { pid: 7, start: "1764065520.000123" };
    expect(sameProcess(full, { pid: 7, start: "1764065520" })).toBe(true);
    expect(sameProcess({ pid: 7, start: "1764065520" }, full)).toBe(true);
    expect(sameProcess(full, { pid: 7, start: "1764065521" })).toBe(false);
    expect(sameProcess(full, { pid: 8, start: "1764065520" })).toBe(false);
    expect(sameProcess(full, { pid: 7, start: "1764065520.000124" })).toBe(false);
    expect(sameProcess({ pid: 7, start: "12" }, { pid: 7, start: "123" })).toBe(false);
  });
});
