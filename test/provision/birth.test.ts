// The joints (memory-provider contract): a birth and a removal go on whatever the provider does,
// and say what it did.

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import { addRuntime } from "../../src/flows/peers/change.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { initPeer } from "../../src/flows/peers/init.ts";
import { unprovisionRemoved } from "../../src/flows/provision/account.ts";
import { loadRegistry } from "../../src/flows/storage/registry.ts";
import { MAIN } from "../cli/program.ts";
import { must } from "../flows/root-host.ts";
import { Place, V1 } from "./place.ts";

const TIMEOUT_MS = 20_000;
const never = new AbortController().signal;

const calls = (at: Place): readonly string[] =>
  existsSync(at.path("calls")) ? readFileSync(at.path("calls"), "utf8").trim().split("\n") : [];

const NOTE = 'echo "$1 $3 $4 $5" >> "$(dirname "$0")/calls"\n';

test("a birth trusts the folder, turns native memory off, calls the provider", async () => {
  using at = new Place();
  const config = join(at.host.facts.home, ".codex/config.toml");
  at.provide(`${NOTE}cp "${config}" "$(dirname "$0")/trusted"; ls "$2/.codex" >> "$0.saw"`);
  const made = must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  expect(calls(at)).toEqual(["on codex ada birth"]);
  expect(readFileSync(at.path("trusted"), "utf8")).toContain(made.entry.cwd);
  const own = readFileSync(join(made.entry.cwd, ".codex/config.toml"), "utf8");
  expect(own).toBe("[features]\nmemories = false\n");
  expect(made.memory).toMatchObject({ provider: "acme", summary: "memory provision: codex:ok" });
  expect(at.logged("memory-provision")).toMatchObject([
    { identity: "codex-ada", occasion: "birth", state: "ok", exit: 0 },
  ]);
}, TIMEOUT_MS);

test("a provider may print its peer's secrets, and none is in the log", async () => {
  using at = new Place();
  const { entry } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  for (const runtime of ["claude", "codex"]) {
    mkdirSync(join(entry.cwd, ".iapeer/runtimes", runtime), { recursive: true });
    writeFileSync(peerLayout(entry.cwd).launchEnv(runtime), `KEY=hunter-${runtime}-3f9a\n`);
  }
  at.provide('cat "$2"/.iapeer/runtimes/*/launch.env >&2; : > "$2/.iapeer/runtimes/$3/launch.env"');
  must(await addRuntime(at.host, { personality: "ada", runtime: "codex" }));
  const text = JSON.stringify(at.logged("memory-provision"));
  expect(text).toContain("redacted");
  expect(text).not.toContain("hunter");
}, TIMEOUT_MS);

test("without a provider nothing is called, written or said", async () => {
  using at = new Place();
  const { memory, entry } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  expect(memory).toMatchObject({ provider: null, peer: null, warnings: [] });
  expect(existsSync(join(entry.cwd, ".claude"))).toBe(false);
  expect(at.logged("memory-provision")).toEqual([]);
});

test("a peer without an agentic runtime is none of the provider's business", async () => {
  using at = new Place();
  at.provide(NOTE);
  const command = { argv: ["/bin/cat"] };
  const { memory, entry } = must(
    await createPeer(at.host, { name: "echo", runtime: "command", command }),
  );
  const skipped = { personality: "echo", state: "skipped-no-agentic-runtime", runtimes: [] };
  expect(memory).toMatchObject({ summary: null, peer: skipped, warnings: [] });
  const account = await unprovisionRemoved(at.host, entry, never);
  expect(account).toMatchObject({ summary: null, peer: skipped, warnings: [] });
  expect(calls(at)).toEqual([]);
});

test("init and another runtime are births too, and the same again is none", async () => {
  using at = new Place();
  at.provide(NOTE);
  const folder = at.path("site");
  mkdirSync(folder);
  must(await initPeer(at.host, folder, { runtime: "claude" }));
  must(await initPeer(at.host, folder));
  expect(calls(at)).toEqual(["on claude site birth"]);
  must(await addRuntime(at.host, { personality: "site", runtime: "codex" }));
  must(await addRuntime(at.host, { personality: "site", runtime: "codex" }));
  expect(calls(at)).toEqual(["on claude site birth", "on codex site birth"]);
}, TIMEOUT_MS);

describe("a provider that fails", () => {
  const cases: readonly (readonly [string, (at: Place) => void, string])[] = [
    ["with a code", (at) => at.provide("echo no space >&2; exit 3"), "failed (exit 3: no space)"],
    ["by a signal", (at) => at.provide("kill -9 $$"), "failed (SIGKILL)"],
    ["by hanging", (at) => at.provide("sleep 300"), "timeout (SIGTERM)"],
    ["by not being there", (at) => missing(at), "not-executable ("],
    ["by declaring no command", (at) => at.declare(V1), "refused (acme declares neither"],
  ];

  test.each(cases)("%s fails no birth, and is loud", async (_, provide, why) => {
    using at = new Place({ provisionTimeoutMs: 400 });
    provide(at);
    const made = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
    expect(must(findPeer(at.host, "ada")).personality as string).toBe("ada");
    const said = made.warnings.join("\n");
    expect(said).toContain(`memory provision: claude:${why}`);
    expect(said).toContain("repair: iapeer memory-plugin on --peer ada");
    expect(at.logged("memory-provision")).toHaveLength(1);
  }, TIMEOUT_MS);

  test.each(cases)("%s fails no removal, and is loud", async (_, provide, why) => {
    using at = new Place({ provisionTimeoutMs: 400 });
    const { entry } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
    provide(at);
    const { summary, warnings } = await unprovisionRemoved(at.host, entry, never);
    expect(summary).toStartWith(`memory unprovision: claude:${why.replace(" pro", " unpro")}`);
    expect(warnings.join("\n")).toContain(summary ?? "nothing was said");
    expect(warnings.length).toBeGreaterThan(1);
    expect(at.logged("memory-provision")).toMatchObject([{ occasion: "remove" }]);
  }, TIMEOUT_MS);

  test("at a removal says how to run it by hand", async () => {
    using at = new Place();
    at.provide('[ "$1" = on ] || { echo stuck >&2; exit 5; }');
    const { entry } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
    const account = await unprovisionRemoved(at.host, entry, never);
    expect(account.summary).toBe("memory unprovision: claude:failed (exit 5: stuck)");
    const words = [at.path("provider"), "off", entry.cwd, "claude", "ada", "remove"];
    expect(account.warnings).toContain(`repair: ${words.map((word) => `'${word}'`).join(" ")}`);
  }, TIMEOUT_MS);
});

function missing(at: Place): void {
  const nowhere = { command: at.path("nowhere"), args: [] };
  at.declare({ ...V1, provision: nowhere, unprovision: nowhere });
}

test("a file in the slot that is ignored is told at a birth, which goes on", async () => {
  using at = new Place();
  at.declare({ provider: "acme" });
  const { warnings } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  const why = "is ignored, so no memory provider was called: package: ";
  expect(warnings.join("\n")).toContain(why);
});

test("a provider may change the registry while it runs, and the birth stands", async () => {
  using at = new Place();
  const root = `--root "${at.host.layout.root}"`;
  at.provide(`${NOTE}[ "$4" = ada ] || exit 0
    "${process.execPath}" "${MAIN}" create other --runtime claude ${root} >&2`);
  must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  expect(must(findPeer(at.host, "other")).personality as string).toBe("other");
  expect(must(findPeer(at.host, "ada")).personality as string).toBe("ada");
  expect(calls(at)).toEqual(["on claude ada birth", "on claude other birth"]);
}, TIMEOUT_MS);

test("a provider may remove the peer that is being born: nothing of it comes back", async () => {
  using at = new Place();
  at.provide(`${NOTE}[ "$1" = on ] || exit 0
    "${process.execPath}" "${MAIN}" remove "$4" --yes --root "${at.host.layout.root}" >&2`);
  const { memory } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  expect(memory?.summary).toBe("memory provision: claude:ok");
  expect(findPeer(at.host, "ada").ok).toBe(false);
  expect(calls(at)).toEqual(["on claude ada birth", "off claude ada remove"]);
}, TIMEOUT_MS);

test("a provider may bring a peer back while it is removed, and that one stays whole", async () => {
  using at = new Place();
  const root = `--root "${at.host.layout.root}"`;
  at.provide(`${NOTE}[ "$1" = off ] || exit 0
    "${process.execPath}" "${MAIN}" create "$4" --runtime codex --cwd "$2" ${root} >&2`);
  must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  const { env, home } = at.host.facts;
  const removed = await at.host.exec.run({
    argv: [process.execPath, MAIN, "remove", "ada", "--yes"],
    env: { ...env, HOME: home, IAPEER_ROOT: at.host.layout.root },
    timeoutMs: TIMEOUT_MS,
  });
  expect(removed.stdout).toContain("memory unprovision: codex:ok");
  const { cwd } = must(findPeer(at.host, "ada"));
  expect(readFileSync(join(home, ".codex/config.toml"), "utf8")).toContain(cwd);
  expect(calls(at)).toEqual(["on codex ada birth", "off codex ada remove", "on codex ada birth"]);
}, TIMEOUT_MS);

test("a provider may leave a registry that is none, and the birth stands", async () => {
  using at = new Place();
  at.provide(`${NOTE}echo "{ half" > "${at.host.layout.registry}"`);
  must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  must(await loadRegistry(at.host));
  expect(must(findPeer(at.host, "ada")).personality as string).toBe("ada");
}, TIMEOUT_MS);

test("a setting that cannot be changed is left, and the provider called all the same", async () => {
  using at = new Place();
  at.provide(NOTE);
  const cwd = at.path("w");
  mkdirSync(join(cwd, ".claude"), { recursive: true });
  writeFileSync(at.path("mine.json"), "{}");
  symlinkSync(at.path("mine.json"), join(cwd, ".claude/settings.json"));
  const { warnings } = must(await createPeer(at.host, { name: "ada", runtime: "claude", cwd }));
  expect(warnings.join("\n")).toContain("the memory of claude itself stays as it is");
  expect(readFileSync(at.path("mine.json"), "utf8")).toBe("{}");
  expect(calls(at)).toEqual(["on claude ada birth"]);
}, TIMEOUT_MS);
