// The memory verbs, spawned (CLI contract): output, JSON, exit codes, Ctrl-C, and a removal.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProcesses } from "../../src/effects/processes.ts";
import { Program, until } from "../cli/program.ts";
import { V1 } from "./place.ts";

const TIMEOUT_MS = 30_000;

let program: Program;
beforeEach(() => void (program = new Program()));
afterEach(() => program.close());

const slot = (): string => join(program.root, "memory-provider.json");

/** `$1` is the direction, then the four placeholders; calls are written down beside the script. */
function provide(script: string): void {
  const command = join(program.home, "provider");
  const note = `echo "$1 $3 $4 $5" >> "$(dirname "$0")/calls"`;
  writeFileSync(command, `#!/bin/sh\n${note}\n${script}\n`);
  chmodSync(command, 0o755);
  const facts = ["{cwd}", "{runtime}", "{personality}", "{occasion}"];
  const both = (way: string) => ({ command, args: [way, ...facts] });
  mkdirSync(program.root, { recursive: true, mode: 0o700 });
  writeFileSync(slot(), JSON.stringify({ ...V1, provision: both("on"), unprovision: both("off") }));
}

const calls = (): readonly string[] =>
  readFileSync(join(program.home, "calls"), "utf8").trim().split("\n");

async function must(words: readonly string[]): Promise<string> {
  const { code, out, err } = await program.run(words);
  expect([code, err]).toEqual([0, code === 0 ? err : ""]);
  return out;
}

describe("memory-plugin", () => {
  test("needs to be told whom, and a provider, before anything is called", async () => {
    expect((await program.run(["memory-plugin", "on"])).code).toBe(2);
    expect((await program.run(["memory-plugin", "on", "--all", "--peer", "x"])).code).toBe(2);
    expect((await program.run(["memory-plugin", "on", "--peer", "nobody"])).code).toBe(2);
    expect((await program.run(["memory-plugin", "on", "--all", "--jobs", "0"])).code).toBe(2);
    const rootless = await program.run(["memory-plugin", "on", "--all"]);
    expect(rootless).toMatchObject({ code: 2, err: expect.stringContaining("there is no root") });
    mkdirSync(program.root, { mode: 0o700 });
    const none = await program.run(["memory-plugin", "on", "--all"]);
    expect(none.code).toBe(1);
    expect(none.err).toContain("no memory provider");
  }, TIMEOUT_MS);

  test("refuses a direction that the provider lacks, and does not fall back", async () => {
    provide("");
    const plugin = { name: "m", marketplace: "k", marketplaceRef: "r" };
    const unprovision = { command: "/x", args: [] };
    writeFileSync(slot(), JSON.stringify({ ...V1, plugin, unprovision }));
    const { code, err } = await program.run(["memory-plugin", "on", "--all"]);
    expect(code).toBe(1);
    expect(err).toContain("refused: acme declares no provision command");
    // Nothing was ignored that would be the reason.
    expect(err).not.toContain("why:");
  }, TIMEOUT_MS);

  test("counts, names who failed, and has one document for programs", async () => {
    provide('[ "$4" = bob ] && { echo full >&2; exit 3; }; exit 0');
    await must(["create", "ada", "--runtime", "claude"]);
    const born = await program.run(["create", "bob", "--runtime", "codex"]);
    expect(born.code).toBe(0);
    expect(born.err).toContain("memory provision: codex:failed (exit 3: full)");
    expect(born.err).toContain("repair: iapeer memory-plugin on --peer bob");
    await must(["create", "cat", "--runtime", "command", "--", "/bin/cat"]);
    const all = await program.run(["memory-plugin", "on", "--all"]);
    expect(all.code).toBe(1);
    expect(all.out).toBe(
      "bob: codex:failed (exit 3: full)\n" +
        "memory provision: 1 done, 1 failed, 1 without an agentic runtime\n",
    );
    expect(all.err).toContain("3/3 ");
    expect(all.err).toContain("repair: iapeer memory-plugin on --peer bob\n");
    const there = await program.run(["memory-plugin", "on", "--peer=bob", "--root", program.root]);
    const repair = `repair: iapeer --root ${program.root} memory-plugin on --peer bob\n`;
    expect(there.err).toContain(repair);
    const off = await program.run(["memory-plugin", "off", "--peer", "ada", "--json"]);
    expect([off.code, JSON.parse(off.out)]).toMatchObject([
      0,
      {
        schema: "iapeer.memory-plugin.v1",
        provider: "acme",
        occasion: "off-peer",
        total: 1,
        counts: { done: 1, failed: 0 },
        slot_changed: false,
        peers: [{ personality: "ada", runtimes: [{ identity: "claude-ada", exitCode: 0 }] }],
      },
    ]);
    await program.run(["memory-plugin", "off", "--all", "--quiet"]);
    const last = calls().slice(-2).toSorted();
    expect(last).toEqual(["off claude ada off-all", "off codex bob off-all"]);
  }, TIMEOUT_MS);

  test("Ctrl-C ends the provider, and says who was done", async () => {
    provide('[ "$5" = birth ] && exit 0; [ "$4" = ada ] && exit 0; echo $$ > "$0.pid"; sleep 300');
    for (const name of ["ada", "bob", "eve"]) await must(["create", name, "--runtime", "claude"]);
    const running = program.start(["memory-plugin", "on", "--all", "--jobs", "1"]);
    const pid = join(program.home, "provider.pid");
    await until("the provider", () => existsSync(pid) && readFileSync(pid, "utf8") !== "");
    running.signal("SIGINT");
    const { code, out } = await running.done();
    expect(code).toBe(1);
    expect(out).toContain("memory provision: 1 done, 1 interrupted, 1 not started");
    expect(out).toContain("\ndone: ada\ninterrupted: bob\nnot started: eve\n");
    expect(createProcesses().identify(Number(readFileSync(pid, "utf8")))).toBeNull();
  }, TIMEOUT_MS);
});

describe("a removal", () => {
  test("calls the provider between the registry and the purge, and gives trust back", async () => {
    const config = join(program.home, ".codex/config.toml");
    mkdirSync(join(program.home, ".codex"));
    writeFileSync(config, 'model = "x" # mine');
    const registry = join(program.root, "peers-profiles.json");
    const state = join(program.root, "state/iapeer/peers");
    provide(`[ "$1" = on ] && exit 0
      grep -c ada "${registry}" > "$0.registered"; ls "${state}" > "$0.kept"
      grep -c iapeer "${config}" > "$0.trusted"; exit 0`);
    await must(["create", "ada", "--runtime", "codex"]);
    expect(readFileSync(config, "utf8")).toContain("# Trusted by iapeer");
    const out = await must(["remove", "ada", "--yes"]);
    expect(out).toContain("\nmemory unprovision: codex:ok\n");
    const seen = (what: string) => readFileSync(join(program.home, `provider.${what}`), "utf8");
    expect([seen("registered"), seen("trusted")]).toEqual(["0\n", "1\n"]);
    expect(seen("kept")).toContain("codex-ada.json");
    expect(existsSync(join(state, "codex-ada.json"))).toBe(false);
    expect(readFileSync(config, "utf8")).toBe('model = "x" # mine');
    expect(calls()).toEqual(["on codex ada birth", "off codex ada remove"]);
  }, TIMEOUT_MS);

  test("is none the less done when the provider fails, and loud, with a daemon too", async () => {
    provide('[ "$1" = on ] || { echo stuck >&2; exit 4; }');
    await program.startDaemon();
    await must(["create", "ada", "--runtime", "claude"]);
    const out = await must(["remove", "ada", "--yes"]);
    expect(out).toContain("warning: memory unprovision: claude:failed (exit 4: stuck)");
    expect(out).toContain("warning: repair: '");
    expect(JSON.parse(await must(["list", "--json"])).peers).toEqual([]);
    const log = readFileSync(join(program.root, "logs/iapeer/lifecycle.log"), "utf8");
    expect(log).toMatch(
      /ev=memory-provision identity=claude-ada occasion=remove state=failed exit=4 ms=\d+ detail=/,
    );
  }, TIMEOUT_MS);
});

test("a rename calls nobody, and says who has to be told", async () => {
  provide("");
  await must(["create", "ada", "--runtime", "claude"]);
  const out = await must(["rename", "ada", "eve"]);
  expect(out).toContain("warning: a rename calls no memory provider: to acme the peer has its old");
  expect(out).toContain("warning: repair: iapeer memory-plugin on --peer eve");
  expect(calls()).toEqual(["on claude ada birth"]);
}, TIMEOUT_MS);

test("a provider gets the environment, less what is the core's own secret", async () => {
  provide('env > "$0.env"');
  const env = { COLOUR: "blue", IAPEER_API_TOKEN: "t0p", IAPEER_TICK_SECS: "60" };
  await program.run(["create", "ada", "--runtime", "claude", "--env", "SECRET=s3cret"], { env });
  const found = readFileSync(join(program.home, "provider.env"), "utf8").split("\n");
  expect(found).toContain("COLOUR=blue");
  expect(found).toContain("IAPEER_TICK_SECS=60");
  expect(found.filter((line) => /t0p|s3cret/.test(line))).toEqual([]);
}, TIMEOUT_MS);

test("native-memory, both ways, and who cannot be helped", async () => {
  await must(["create", "ada", "--runtime", "claude"]);
  const off = JSON.parse(await must(["native-memory", "off", "--all", "--json"]));
  expect(off.settings).toMatchObject([{ personality: "ada", runtime: "claude", state: "turned" }]);
  expect(readFileSync(off.settings[0].path, "utf8")).toContain('"autoMemoryEnabled": false');
  await must(["native-memory", "on", "--peer", "ada"]);
  expect(existsSync(off.settings[0].path)).toBe(false);
  mkdirSync(join(off.settings[0].path), { recursive: true });
  const left = await program.run(["native-memory", "off", "--peer", "ada"]);
  expect([left.code, left.out.includes("left as it is")]).toEqual([1, true]);
}, TIMEOUT_MS);

describe("status and provider show", () => {
  test("tell the slot, the heartbeat's age, and why a file is ignored", async () => {
    expect((await program.run(["status"])).out).toContain("memory  no memory provider\n");
    expect((await program.run(["provider", "show"])).code).toBe(0);
    provide("");
    const beat = join(program.home, "beat");
    writeFileSync(beat, "");
    writeFileSync(slot(), JSON.stringify({ ...V1, heartbeat: beat, provision: { command: "x" } }));
    const status = await program.run(["status", "--json"]);
    expect(JSON.parse(status.out)).toMatchObject({
      manager: "embedded",
      memory: { state: "occupied", declaration: V1, heartbeat: { state: "beating" } },
      troubles: expect.arrayContaining([
        expect.objectContaining({ code: "memory-part-ignored", severity: "warn" }),
      ]),
    });
    const shown = await program.run(["provider", "show"]);
    expect(shown.out).toContain("ignored: provision: command: expected an absolute path");
    expect(shown.out).toMatch(/heartbeat\s+[\d.]+m?s ago/);
    writeFileSync(slot(), "{");
    const ignored = await program.run(["provider", "show", "--json"]);
    expect([ignored.code, JSON.parse(ignored.out).state]).toEqual([1, "ignored"]);
    expect((await program.run(["status"])).out).toContain("memory slot: its file is ignored");
    const doctor = JSON.parse((await program.run(["doctor", "--json"])).out);
    const codes = doctor.findings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(["daemon-not-running", "memory-slot-ignored"]);
  }, TIMEOUT_MS);

  test("tell of a plugin block that the commands replace, and call it no trouble", async () => {
    provide("");
    const declared = JSON.parse(readFileSync(slot(), "utf8"));
    const plugin = { name: "m", marketplace: "k", marketplaceRef: "r" };
    writeFileSync(slot(), JSON.stringify({ ...declared, plugin }));
    const why = "plugin is ignored: the commands take its place";
    expect((await program.run(["provider", "show"])).out).toContain(`note: ${why}`);
    expect((await program.run(["status"])).out).toContain(`memory  acme 1, ${why}`);
    expect((await program.run(["doctor"])).out).not.toContain("memory");
  }, TIMEOUT_MS);
});
