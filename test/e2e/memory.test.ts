// Memory with the real programs (memory-provider contract): settings that they wrote themselves
// are changed and given back to the byte, codex obeys its own, and the deprecated plugin path
// goes through their own plugin commands. No model is asked.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Program, type Ran } from "../cli/program.ts";
import { installPrograms } from "./install.ts";

const TIMEOUT_MS = 120_000;
const programs = installPrograms();
const V1 = { provider: "acme", package: "@acme/memory", version: "1" };

let at: Program;
beforeEach(() => {
  at = new Program();
  mkdirSync(join(at.home, "codex"));
  mkdirSync(at.root, { mode: 0o700 });
});
afterEach(() => at.close());

const env = () => ({
  HOME: at.home,
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  CODEX_HOME: join(at.home, "codex"),
  DISABLE_AUTOUPDATER: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  ...(programs.state === "ready"
    ? { IAPEER_CLAUDE: programs.claude, IAPEER_CODEX: programs.codex }
    : {}),
});

const iapeer = async (...words: string[]): Promise<Ran> => {
  const ran = await at.run(words, { env: env() });
  if (ran.code !== 0) throw new Error(`iapeer ${words.join(" ")}: ${ran.out}${ran.err}`);
  return ran;
};

/** The real program, in a folder, with what it printed. */
function real(agent: "claude" | "codex", cwd: string, words: readonly string[]): string {
  if (programs.state === "missing") throw new Error(programs.why);
  const spec = { cwd, env: env(), timeout: 60_000, stderr: "pipe" } as const;
  const { success, stdout, stderr } = Bun.spawnSync([programs[agent], ...words], spec);
  if (!success) throw new Error(`${agent} ${words.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}

async function create(name: string, runtime: "claude" | "codex"): Promise<string> {
  if (programs.state === "missing") throw new Error(programs.why);
  const program = `IAPEER_PROGRAM=${programs[runtime]}`;
  await iapeer("create", name, "--runtime", runtime, "--env", program);
  return join(at.root, "peers", name);
}

const declare = (more: object): void =>
  writeFileSync(join(at.root, "memory-provider.json"), JSON.stringify({ ...V1, ...more }));

/** A marketplace on this disk with one plugin, in both programs' own form. */
function marketplace(): string {
  const dir = join(at.home, "market");
  const plugin = { name: "mem", version: "1.0.0", description: "a memory" };
  const write = (path: string, value: unknown) => {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), JSON.stringify(value));
  };
  write("plugins/mem/.claude-plugin/plugin.json", plugin);
  write("plugins/mem/.codex-plugin/plugin.json", plugin);
  const source = "./plugins/mem";
  write(".claude-plugin/marketplace.json", {
    name: "acme",
    owner: { name: "acme" },
    plugins: [{ name: "mem", source, description: "a memory" }],
  });
  write(".agents/plugins/marketplace.json", {
    name: "acme",
    plugins: [
      {
        name: "mem",
        source: { source: "local", path: source },
        policy: { installation: "AVAILABLE", authentication: "ON_INSTALL" },
        category: "Productivity",
      },
    ],
  });
  return dir;
}

describe.if(programs.state === "ready")("settings that the programs wrote", () => {
  test("claude's come back to the byte", async () => {
    const cwd = await create("ada", "claude");
    real("claude", cwd, ["plugin", "marketplace", "add", marketplace()]);
    real("claude", cwd, ["plugin", "install", "mem@acme", "--scope", "project"]);
    const settings = join(cwd, ".claude/settings.json");
    const before = readFileSync(settings, "utf8");
    expect(before).toContain("mem@acme");
    await iapeer("native-memory", "off", "--peer", "ada");
    expect(JSON.parse(readFileSync(settings, "utf8"))).toEqual({
      ...JSON.parse(before),
      autoMemoryEnabled: false,
    });
    expect(real("claude", cwd, ["plugin", "list"])).toContain("mem@acme");
    await iapeer("native-memory", "on", "--peer", "ada");
    expect(readFileSync(settings, "utf8")).toBe(before);
  }, TIMEOUT_MS);

  test("codex's come back to the byte, are obeyed, and its trust goes with the peer", async () => {
    const config = join(at.home, "codex/config.toml");
    real("codex", at.home, ["features", "enable", "memories"]);
    const global = readFileSync(config, "utf8");
    const cwd = await create("bob", "codex");
    const memories = (): string =>
      /^memories +\S+ +(\S+)$/m.exec(real("codex", cwd, ["features", "list"]))?.[1] ?? "none";
    const own = join(cwd, ".codex/config.toml");
    mkdirSync(join(cwd, ".codex"));
    writeFileSync(own, "# mine\n[features]\n# why not\nmemories = true # really\ngoals = true\n");
    const before = readFileSync(own, "utf8");
    expect(memories()).toBe("true");
    await iapeer("native-memory", "off", "--peer", "bob");
    expect(readFileSync(own, "utf8")).toBe(before.replace("= true # really", "= false # really"));
    expect(memories()).toBe("false");
    await iapeer("native-memory", "on", "--peer", "bob");
    expect(readFileSync(own, "utf8")).toBe(before);
    expect(memories()).toBe("true");
    await iapeer("remove", "bob", "--yes");
    expect(readFileSync(config, "utf8")).toBe(global);
  }, TIMEOUT_MS);

  test("codex has no memory of its own from its birth on, when there is a provider", async () => {
    declare({ provision: { command: "/bin/true", args: [] } });
    real("codex", at.home, ["features", "enable", "memories"]);
    const cwd = await create("eve", "codex");
    expect(real("codex", cwd, ["features", "list"])).toMatch(/^memories +\S+ +false$/m);
  }, TIMEOUT_MS);
});

describe.if(programs.state === "ready")("a provider that is a plugin (v1.1)", () => {
  const installed = (agent: "claude" | "codex", cwd: string): boolean =>
    new RegExp(agent === "claude" ? "mem@acme" : "mem@acme +installed").test(
      real(agent, cwd, ["plugin", "list"]),
    );

  test("is installed at a birth, aloud deprecated, and taken away again, twice over", async () => {
    declare({ plugin: { name: "mem", marketplace: "acme", marketplaceRef: marketplace() } });
    const born = await at.run(
      ["create", "ada", "--runtime", "claude", "--env", `IAPEER_PROGRAM=${env().IAPEER_CLAUDE}`],
      { env: env() },
    );
    expect(born.err).toContain("deprecated");
    expect(born.out).toContain("memory provision: claude:ok");
    const ada = join(at.root, "peers/ada");
    expect(installed("claude", ada)).toBe(true);
    const bob = await create("bob", "codex");
    expect(installed("codex", bob)).toBe(true);
    await iapeer("memory-plugin", "on", "--all");
    const one = await iapeer("memory-plugin", "off", "--peer", "bob");
    expect(one.out).toContain("codex:skipped (codex has mem@acme for the whole host");
    expect(installed("codex", bob)).toBe(true);
    await iapeer("memory-plugin", "off", "--all");
    expect([installed("claude", ada), installed("codex", bob)]).toEqual([false, false]);
    await iapeer("memory-plugin", "off", "--all");
  }, TIMEOUT_MS);
});
