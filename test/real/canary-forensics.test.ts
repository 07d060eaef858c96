// What a canary leaves behind, and what it withstands (lifecycle §6): forensics without secrets,
// one look at the host for many deaths, full disks, missing programs, hostile paths.

import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { forensicsPath } from "../../src/formats/canary-script.ts";
import { renderOomBase } from "../../src/formats/oom-base.ts";
import { Generation } from "./generation.ts";
import { clock, exec, fillDisk, oomKills, processes, tools, until } from "./host-under-test.ts";

/** Kills the server, waits for its canary to be through, and reads what it wrote. */
async function die(made: Generation): Promise<string> {
  processes.signal(made.theServer(), "KILL");
  await made.gone(made.theCanary());
  return readFileSync(forensicsPath(made.facts), "utf8");
}

describe("forensics", () => {
  test("hold the host's state, names of processes, and the end of the pane", async () => {
    const argv = ["/bin/sh", "-c", "echo last words; exec sleep 1000"];
    await using made = await new Generation({ argv }).launchWatched();
    await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
    const text = await die(made);
    expect(text).toStartWith("ts=");
    const titles = text.split("\n").filter((line) => line.startsWith("== "));
    const wanted = ["end of the pane", "/proc/meminfo", "/proc/pressure/memory", "largest"];
    for (const title of wanted) expect(titles.join("\n")).toContain(title);
    expect(text).toContain("== end of the pane ==\nlast words\n");
    expect(text).toMatch(/\nMemTotal: +\d+ kB\n/);
    const table = /largest processes[^\n]*\n([^=]*)/.exec(text)?.[1]?.trim().split("\n") ?? [];
    expect(table.length).toBeLessThanOrEqual(25);
    // Names and no command lines, which may hold a secret: the kernel's own threads have up to
    // 64 characters, and no name of a program has more than 15.
    for (const row of table) expect(row).toMatch(/^ *\d+ +\d+ (\S.{0,14}|\S{1,64})$/);
  });

  test("no secret from the peer's files, nor any that looks like one", async () => {
    const scratch = new Generation();
    await using _cleanUp = scratch;
    const launchEnv = join(scratch.root, "launch's $(x) env");
    const missing = join(scratch.root, "missing.env");
    writeFileSync(launchEnv, "A=value-of-a\nexport B='value of b'\n");
    const line = "value-of-a and value of\r\n  b and sk-ant-0123456789abcdef end";
    const argv = ["/bin/sh", "-c", `printf '%s\\n' "$0"; exec sleep 1000`, line];
    const facts = { secretPaths: [launchEnv, missing] };
    await using made = await new Generation({ argv, facts, beside: scratch }).launchWatched();
    await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
    const text = await die(made);
    expect(text).toContain("[redacted] and [redacted] and [redacted] end");
    for (const secret of ["value-of-a", "value of", "sk-ant"]) expect(text).not.toContain(secret);
    const kept = [made.paths.end, made.paths.canaryScript, made.facts.exitsLog];
    for (const path of kept) expect(readFileSync(path, "utf8")).not.toContain("value-of-a");
  });

  test("no secret that the files held at the launch, and hold no more", async () => {
    const given = { OLD: "the-former value", SHORT: "x", MULTI: "first-part\nsecond-part" };
    const argv = ["/bin/sh", "-c", 'echo "$OLD|$MULTI|$SHORT|rest"; exec sleep 1000'];
    const facts = { secretNames: [...Object.keys(given), "NOT_THERE"] };
    await using made = await new Generation({ argv, facts, env: given }).launchWatched();
    await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
    expect(await die(made)).toContain("== end of the pane ==\n[redacted]|[redacted]|x|rest\n");
  });

  test("many deaths at once look at the host once", async () => {
    const first = await new Generation().launchWatched();
    const made = [first];
    for (let count = 1; count < 6; count += 1) {
      const socket = join(first.scratch, `s${count}`);
      made.push(await new Generation({ beside: first, facts: { socket } }).launchWatched());
    }
    const texts = await Promise.all(made.map(die));
    // Six deaths are within one window of 10 s, or astride two.
    const looks = texts.filter((text) => text.includes("MemTotal"));
    expect(looks.length).toBeGreaterThanOrEqual(1);
    expect(looks.length).toBeLessThanOrEqual(2);
    const others = texts.filter((text) => !text.includes("MemTotal"));
    for (const text of others) expect(text).toMatch(/: see (\S+\.txt|another file)/);
    for (const one of made.toReversed()) await one[Symbol.asyncDispose]();
  });

  test("only the newest are kept, and nothing else in the folder is touched", async () => {
    await using made = await new Generation({ facts: { forensicsKeep: 3 } }).launchWatched();
    const { serverDeathsDir } = made.facts;
    const others = ["notes", "e v i l.txt", "$(x).txt"];
    const names = ["a.txt", "b.txt", "c.txt", "d.txt", ...others, "-n.txt"];
    for (const [index, name] of names.entries()) {
      writeFileSync(join(serverDeathsDir, name), "");
      utimesSync(join(serverDeathsDir, name), 1000 + index, 1000 + index);
    }
    mkdirSync(join(serverDeathsDir, ".host-17"));
    mkdirSync(join(serverDeathsDir, ".host-x"));
    await die(made);
    const left = readdirSync(serverDeathsDir).filter((name) => !/^\.host-\d{3,}$/.test(name));
    const own = forensicsPath(made.facts).slice(serverDeathsDir.length + 1);
    const kept = [own, "-n.txt", "d.txt", ...others, ".host-x"];
    expect(left.toSorted()).toEqual(kept.toSorted());
  });

  test("a folder for them is made when there is none", async () => {
    await using made = await new Generation().launchWatched();
    rmSync(made.facts.serverDeathsDir, { recursive: true });
    expect(await die(made)).toContain("end of the pane");
  });
});

describe("verdict", () => {
  const nowSecs = () => Math.floor(clock.wall() / 1000);
  /** As if the counter had been lower when the script was written. */
  const facts = { oomKills: -1 };

  test("a kill for memory of just now is seen, and likely the reason", async () => {
    const kills = oomKills();
    if (kills === null) return console.warn("skipped: no /proc/vmstat here");
    if (kills === 0) return console.warn("skipped: the kernel has killed nobody for memory yet");
    await using made = await new Generation({ facts }).launchWatched();
    const said = renderOomBase({ wallSecs: nowSecs(), kills: kills - 1 });
    writeFileSync(made.facts.oomBase, said);
    await die(made);
    expect(made.end()?.verdict).toMatchObject({ oom: "seen", ours: false, confidence: "likely" });
  });

  test("one of before explains nothing, and without a word of it nobody knows", async () => {
    const kills = oomKills();
    if (kills === null) return console.warn("skipped: no /proc/vmstat here");
    await using made = await new Generation({ facts }).launchWatched();
    writeFileSync(made.facts.oomBase, renderOomBase({ wallSecs: nowSecs(), kills }));
    await die(made);
    expect(made.end()?.verdict.oom).toBe("not-seen");
    await using later = await new Generation({ facts }).launchWatched();
    await die(later);
    expect(later.end()?.verdict.oom).toBe("unknown");
  });

  test("no counter, no opinion", async () => {
    await using made = await new Generation({ facts: { oomKills: null } }).launchWatched();
    await die(made);
    expect(made.end()?.verdict.oom).toBe("unknown");
  });
});

describe("hostile paths, end to end", () => {
  test.each([
    ["a b'c\"d"],
    ["$(touch pwned)`touch pwned`"],
    ["#{pid} #(touch pwned) %H"],
    ["new\nline\ttab"],
    ["-n ~ \\ & ; | ü☃ 日本"],
  ])("%j", async (rootName) => {
    const argv = ["/bin/sh", "-c", "pwd; exec cat"];
    await using made = await new Generation({ argv, rootName }).launchWatched();
    await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
    const text = await die(made);
    expect(text).toContain("end of the pane");
    expect(made.end()).toMatchObject({ forensics: forensicsPath(made.facts) });
    expect(made.exitLines()).toHaveLength(1);
    expect(made.paneText().replaceAll("\r\n", "\n")).toBe(`${made.cwd}\n`);
    expect(existsSync(join(made.cwd, "pwned"))).toBe(false);
  });
});

describe("what it withstands", () => {
  test("a full disk: neither record nor spin, and the disk's recovery is used", async () => {
    const disk = new Generation();
    await using _cleanUp = disk;
    const mount = join(disk.scratch, "full");
    mkdirSync(mount);
    const options = ["-t", "tmpfs", "-o", "size=64k", "none", mount];
    const mounted = await exec.run({ argv: ["mount", ...options], timeoutMs: 5000 });
    if (mounted.state !== "ok") return console.warn("skipped: a small disk needs root");
    try {
      await using made = await new Generation({ beside: disk, rootName: "full" }).launchWatched();
      fillDisk(join(mount, "filler"));
      processes.signal(made.theServer(), "KILL");
      await made.gone(made.theServer());
      await until("the first pause", () => processes.descendants(made.theCanary())[0] ?? null);
      expect(made.end()).toBeNull();
      rmSync(join(mount, "filler"));
      await until("the record", () => made.end());
      await made.gone(made.theCanary());
      expect(made.exitLines()).toHaveLength(1);
      expect(readdirSync(made.paths.dir).filter((name) => name.startsWith(".end"))).toEqual([]);
    } finally {
      await exec.run({ argv: ["umount", "-l", mount], timeoutMs: 5000 });
    }
  }, 20_000);

  test("a missing tmux is no reason to spin", async () => {
    await using made = await new Generation().launch();
    const lost = { ...tools, tmux: "/nonexistent/tmux" };
    const facts = { socket: made.facts.socket, tools: lost };
    await using blind = new Generation({ beside: made, facts });
    blind.writeStart(made.server);
    const canary = blind.spawnCanary();
    await until("a pause", () => processes.descendants(canary)[0] ?? null);
    const before = processes.use(canary)?.cpuMs ?? 0;
    await clock.sleep(300);
    expect((processes.use(canary)?.cpuMs ?? 0) - before).toBeLessThan(60);
    processes.signal(made.theServer(), "KILL");
    await until("the record", () => blind.end());
    expect(blind.end()).toMatchObject({ cause: "server-vanished", waitRc: 127 });
  });

  test("an unwritable log: the record is there all the same", async () => {
    await using made = await new Generation().launchWatched();
    mkdirSync(made.facts.exitsLog);
    chmodSync(made.facts.exitsLog, 0o500);
    await die(made);
    expect(made.end()).toMatchObject({ ev: "server-exit" });
  });
});

test("while it waits it uses no time, and little memory", async () => {
  await using made = await new Generation().launchWatched();
  const client = await until("a client", () => made.theClient());
  const watchers = [made.theCanary(), client];
  const switches = () => watchers.map(({ pid }) => switchesOf(pid));
  await until("rest", () => watchers.every(({ pid }) => stateOf(pid) === "S"));
  const before = switches();
  await clock.sleep(1000);
  expect(switches()).toEqual(before);
  const kb = watchers.reduce((sum, { pid }) => sum + proportionalKb(pid), 0);
  expect(kb).toBeLessThan(6 * 1024);
});

const status = (pid: number): string => readFileSync(`/proc/${pid}/status`, "utf8");
const stateOf = (pid: number): string => /^State:\t(.)/m.exec(status(pid))?.[1] ?? "";
const switchesOf = (pid: number): string[] =>
  status(pid)
    .split("\n")
    .filter((line) => line.includes("ctxt_switches"));
const proportionalKb = (pid: number): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1]);
};
