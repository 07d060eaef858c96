// Profiles and the registry (storage contract): what is kept, what is defaulted, what is refused.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { Profile, Registry, RegistryEntry } from "../../src/core/profile.ts";
import { defaultIntelligence, parseProfile, renderProfile } from "../../src/formats/profile.ts";
import { parseRegistry, renderRegistry } from "../../src/formats/registry.ts";
import { golden } from "./golden.ts";
import { hostileText, hostileWithoutNul, RUNS } from "./hostile.ts";
import { readByPython } from "./python.ts";

const runtime = (name: string): RuntimeName => name as RuntimeName;

const FULL: Profile = {
  personality: "alpha" as Personality,
  runtimes: [runtime("claude"), runtime("command")],
  default_runtime: runtime("claude"),
  description: 'Says "hi"\nand $(id)',
  intelligence: "artificial",
  initial_prompt: "Begin.",
  wake_policy: "ephemeral",
  always_on: true,
  command: { argv: ["/usr/bin/env", "FOO=1", "cat"], ready: "^ready$" },
  interfaces: { telegram: { chat: 7 } },
  env_file: "/home/x/secrets.env",
};

const LEAST = { personality: "alpha", runtimes: ["claude"] };

const refused = (path: string): { ok: false; error: string } => ({
  ok: false,
  error: expect.stringContaining(`${path}: `),
});

describe("a profile", () => {
  test("is written as checked in, and comes back", () => {
    const text = renderProfile(FULL, { colour: "red", command: { shell: false } });
    expect(text).toBe(golden("peer-profile.json"));
    expect(parseProfile(text)).toEqual({
      ok: true,
      value: { profile: FULL, extra: { colour: "red", command: { shell: false } } },
    });
  });

  test("is JSON to python3 too", () => {
    const text = renderProfile(FULL);
    const read = readByPython(text);
    if (read !== null) expect(read).toEqual(JSON.parse(text));
  });

  test.each([
    ["claude", "artificial"],
    ["codex", "artificial"],
    ["telegram", "natural"],
    ["notifier", "absent"],
    ["command", "absent"],
    ["constructor", "absent"],
  ] as const)("of %s alone is filled with defaults, %s among them", (name, intelligence) => {
    expect(defaultIntelligence(runtime(name))).toBe(intelligence);
    const command = name === "command" ? { command: { argv: ["cat"] } } : {};
    const result = parseProfile(JSON.stringify({ ...LEAST, runtimes: [name], ...command }));
    expect(result).toEqual({
      ok: true,
      value: {
        profile: {
          personality: "alpha" as Personality,
          runtimes: [runtime(name)],
          default_runtime: runtime(name),
          description: "",
          intelligence,
          wake_policy: "warm",
          always_on: false,
          interfaces: {},
          ...command,
        },
        extra: {},
      },
    });
  });

  test("keeps a description of 450 characters, emoji counted as one, and no more", () => {
    const long = (text: string) => parseProfile(JSON.stringify({ ...LEAST, description: text }));
    expect(long("😀".repeat(450)).ok).toBe(true);
    expect(long("x".repeat(451))).toEqual(refused("description"));
  });

  test.each<[string, Record<string, unknown>]>([
    ["personality", { personality: "Alpha" }],
    ["personality", { personality: "-a" }],
    ["personality", { personality: "a".repeat(33) }],
    ["personality", { personality: "a\n" }],
    ["personality", { personality: undefined }],
    ["runtimes", { runtimes: [] }],
    ["runtimes", { runtimes: "claude" }],
    ["runtimes", { runtimes: ["claude", "claude"] }],
    ["runtimes[1]", { runtimes: ["claude", "co-dex"] }],
    ["default_runtime", { default_runtime: "codex" }],
    ["intelligence", { intelligence: "some" }],
    ["wake_policy", { wake_policy: "hot" }],
    ["always_on", { always_on: "yes" }],
    ["interfaces", { interfaces: [] }],
    ["env_file", { env_file: "" }],
    ["env_file", { env_file: "a\0b" }],
    ["initial_prompt", { initial_prompt: 7 }],
    ["command", { runtimes: ["command"] }],
    ["command", { command: "cat" }],
    ["command.argv", { command: {} }],
    ["command.argv", { command: { argv: [] } }],
    ["command.argv", { command: { argv: [""] } }],
    ["command.argv[1]", { command: { argv: ["cat", "a\0b"] } }],
    ["command.argv[0]", { command: { argv: [7] } }],
    ["command.ready", { command: { argv: ["cat"], ready: "(" } }],
  ])("with a bad %s is refused by that name: %j", (path, change) => {
    expect(parseProfile(JSON.stringify({ ...LEAST, ...change }))).toEqual(refused(path));
  });

  test.each(["", "[]", "null", "{", '{"personality"', "\0", "{".repeat(50_000)])(
    "is not %.20p",
    (text) => {
      expect(parseProfile(text).ok).toBe(false);
    },
  );

  test("with a byte order mark, duplicate keys or __proto__ is only a profile", () => {
    const text =
      '\uFEFF{"personality":"x","personality":"alpha","runtimes":["claude"],' +
      '"__proto__":{"always_on":true},"interfaces":{"__proto__":{"telegram":1}}}';
    const result = parseProfile(text);
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    const { profile, extra } = result.value;
    expect(profile.personality).toBe("alpha" as Personality);
    expect(profile.always_on).toBe(false);
    expect(profile.interfaces["telegram"]).toBeUndefined();
    expect(Object.keys(extra)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["always_on"]).toBeUndefined();
    const again = renderProfile(profile, extra);
    expect(again).toContain('"__proto__": {\n    "always_on": true');
    expect(parseProfile(again)).toEqual(result);
  });

  test("comes back whatever its texts and unknown fields hold", () => {
    const known = new Set(Object.keys(FULL));
    const extras = fc.dictionary(
      hostileText.filter((key) => !known.has(key)),
      fc.jsonValue().map(throughJson),
      { maxKeys: 3, noNullPrototype: true },
    );
    fc.assert(
      fc.property(hostileText, hostileWithoutNul, extras, (text, argument, extra) => {
        const description = Array.from(text).slice(0, 450).join("");
        const profile: Profile = {
          ...FULL,
          description,
          initial_prompt: text,
          command: { argv: ["cat", argument] },
          interfaces: { telegram: text },
        };
        const rendered = renderProfile(profile, extra);
        const result = parseProfile(rendered);
        expect(result.ok && result.value.profile).toEqual(profile);
        expect(result.ok && JSON.stringify(result.value.extra)).toBe(JSON.stringify(extra));
        expect(result.ok && renderProfile(result.value.profile, result.value.extra)).toBe(rendered);
      }),
      RUNS,
    );
  });
});

/** JSON has one zero, and no other oddities. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const entry = (name: string, cwd = `/home/x/${name}`): RegistryEntry => ({
  ...FULL,
  personality: name as Personality,
  cwd,
});

describe("the registry", () => {
  test("has one peer a line, as checked in, and comes back", () => {
    const registry: Registry = { version: 1, peers: [entry("alpha"), entry("beta")] };
    expect(renderRegistry(registry)).toBe(golden("peers-profiles.json"));
    expect(parseRegistry(renderRegistry(registry))).toEqual({ ok: true, value: registry });
    const read = readByPython(renderRegistry(registry));
    if (read !== null) expect(read).toEqual(JSON.parse(JSON.stringify(registry)));
  });

  test("may be empty", () => {
    const text = renderRegistry({ version: 1, peers: [] });
    expect(text).toBe('{"version": 1, "peers": []}\n');
    expect(parseRegistry(text)).toEqual({ ok: true, value: { version: 1, peers: [] } });
  });

  test.each<[string, readonly RegistryEntry[]]>([
    ["peers[1].personality", [entry("alpha"), entry("alpha", "/elsewhere")]],
    ["peers[1].cwd", [entry("alpha", "/x"), entry("beta", "/x")]],
    ["peers[1].cwd", [entry("alpha", "/x"), entry("beta", "/x//")]],
    ["peers[0].cwd", [entry("alpha", "x")]],
    ["peers[0].cwd", [entry("alpha", "/x\0")]],
    ["peers[0].personality", [entry("Alpha")]],
    ["peers[1].description", [entry("alpha"), { ...entry("beta"), description: "x".repeat(451) }]],
  ])("refuses a bad %s by its place", (path, peers) => {
    expect(parseRegistry(renderRegistry({ version: 1, peers }))).toEqual(refused(path));
  });

  test.each<[string, string]>([
    ["version", '{"peers": []}'],
    ["version", '{"version": 2, "peers": []}'],
    ["peers", '{"version": 1}'],
    ["peers", '{"version": 1, "peers": {}}'],
    ["peers[0]", '{"version": 1, "peers": [7]}'],
  ])("refuses a bad %s: %s", (path, text) => {
    expect(parseRegistry(text)).toEqual(refused(path));
  });

  test("holds any folder", () => {
    fc.assert(
      fc.property(hostileWithoutNul, hostileText, (folder, text) => {
        const registry: Registry = {
          version: 1,
          peers: [{ ...entry("alpha", `/${folder}`), initial_prompt: text }],
        };
        const rendered = renderRegistry(registry);
        expect(rendered.split("\n")).toHaveLength(4);
        expect(parseRegistry(rendered)).toEqual({ ok: true, value: registry });
      }),
      RUNS,
    );
  });

  test("of a thousand peers is read in a few milliseconds", () => {
    const peers = Array.from({ length: 1000 }, (_, index) => entry(`peer-${index}`));
    const text = renderRegistry({ version: 1, peers });
    const read = (): number => {
      const from = performance.now();
      expect(parseRegistry(text).ok).toBe(true);
      return performance.now() - from;
    };
    // Generous for a busy machine; about 3 ms on a quiet one.
    expect(Math.min(...Array.from({ length: 8 }, read))).toBeLessThan(40);
  });
});
