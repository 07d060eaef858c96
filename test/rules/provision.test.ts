// Which way an occasion takes, and what becomes of placeholders (memory-provider contract).

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type {
  Direction,
  Occasion,
  PresenceProvision,
  ProviderDeclaration,
  ProvisionFacts,
} from "../../src/core/provider.ts";
import { provisionArgv, strangePlaceholders } from "../../src/rules/provider-argv.ts";
import {
  directionOf,
  peerStateOf,
  provisionSummary,
  routeOf,
  unusedParts,
} from "../../src/rules/provision.ts";

const V1: ProviderDeclaration = { provider: "acme", package: "p", version: "1" };
const PLUGIN = { name: "m", marketplace: "k", marketplaceRef: "r" };
const ON = { command: "/on", args: ["{occasion}"] };
const OFF = { command: "/off", args: [] };

test("the contract's table of occasions", () => {
  const table: Readonly<Record<Occasion, Direction>> = {
    birth: "provision",
    "sweep-on": "provision",
    "off-peer": "unprovision",
    "off-all": "unprovision",
    remove: "unprovision",
  };
  const occasions = Object.keys(table) as Occasion[];
  const found = occasions.map((occasion) => [occasion, directionOf(occasion)]);
  expect(Object.fromEntries(found)).toEqual(table);
});

describe("precedence", () => {
  test("v1.2 routes both directions through its commands, the plugin is not asked", () => {
    const both = { ...V1, plugin: PLUGIN, provision: ON, unprovision: OFF };
    expect(routeOf(both, "provision")).toEqual({ by: "command", command: ON });
    expect(routeOf(both, "unprovision")).toEqual({ by: "command", command: OFF });
  });

  test("a missing direction is refused, in words, and never falls back to the plugin", () => {
    expect(routeOf({ ...V1, plugin: PLUGIN, provision: ON }, "unprovision")).toEqual({
      by: "none",
      reason: "acme declares no unprovision command",
    });
    expect(routeOf({ ...V1, plugin: PLUGIN, unprovision: OFF }, "provision")).toEqual({
      by: "none",
      reason: "acme declares no provision command",
    });
  });

  test("v1.1 goes through the plugin in both directions", () => {
    for (const direction of ["provision", "unprovision"] as const) {
      const route = routeOf({ ...V1, plugin: PLUGIN }, direction);
      expect(route).toEqual({ by: "plugin", plugin: PLUGIN });
    }
  });

  test("a plugin block beside a command is told to be ignored, and only there", () => {
    const told = (more: Partial<ProviderDeclaration>) =>
      unusedParts({ ...V1, ...more }).map(({ part }) => part);
    expect(told({ plugin: PLUGIN, provision: ON })).toEqual(["plugin"]);
    expect(told({ plugin: PLUGIN, unprovision: OFF })).toEqual(["plugin"]);
    expect([told({}), told({ plugin: PLUGIN }), told({ provision: ON })]).toEqual([[], [], []]);
  });

  test("v1 alone is refused", () => {
    expect(routeOf(V1, "provision")).toEqual({
      by: "none",
      reason: "acme declares neither commands nor a plugin",
    });
  });
});

const ADA = { cwd: "/w", runtime: "claude", personality: "ada", occasion: "birth" };

const facts = (given: Partial<Record<keyof ProvisionFacts, string>>): ProvisionFacts =>
  ({ ...ADA, ...given }) as ProvisionFacts;

describe("placeholders", () => {
  const argv = (args: readonly string[], given = {}) =>
    provisionArgv({ command: "/p", args }, facts(given));

  test("inside arguments, whole or in part, and as often as they are there", () => {
    expect(argv(["--cwd", "{cwd}"])).toEqual(["/p", "--cwd", "/w"]);
    expect(argv(["--cwd={cwd}", "{runtime}-{personality}:{occasion}", "{cwd}{cwd}"])).toEqual([
      "/p",
      "--cwd=/w",
      "claude-ada:birth",
      "/w/w",
    ]);
  });

  test("nothing else is one, and the command is none", () => {
    const args = ["{CWD}", "{ cwd }", "{{cwd}", "$cwd", "{}", "{identity}", "cwd"];
    const wanted = ["{CWD}", "{ cwd }", "{/w", "$cwd", "{}", "{identity}", "cwd"];
    expect(argv(args)).toEqual(["/p", ...wanted]);
    expect(provisionArgv({ command: "/{cwd}", args: [] }, facts({}))).toEqual(["/{cwd}"]);
  });

  test("values are not looked at again, not even for a replacement's own signs", () => {
    const cwd = "/{occasion} $& $1 $$ {runtime} `id` $(id) ' \" \n";
    expect(argv(["{cwd}", "{runtime}"], { cwd })).toEqual(["/p", cwd, "claude"]);
  });

  test("what looks like one and is none is told to its author", () => {
    const command = { command: "/{bin}/p", args: ["{cwd}", "{folder}", "x{folder}{Peer}", "{ }"] };
    expect(strangePlaceholders(command)).toEqual(["{bin}", "{folder}", "{Peer}"]);
    expect(strangePlaceholders(ON)).toEqual([]);
  });

  test("nothing a value holds changes the number of arguments, or any other part of one", () => {
    const KEYS = ["cwd", "runtime", "personality", "occasion"] as const;
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("{cwd}", "{occasion}", "$&", "$`", "$'", "$1", "a b", "\n", "", "{{cwd}}"),
    );
    const piece = fc.oneof(
      fc.constantFrom(...KEYS).map((key) => ({ key })),
      fc.string({ maxLength: 8 }).map((text) => ({ text: text.replaceAll(/[{}]/g, "") })),
    );
    const given = fc.record({ cwd: value, runtime: value, personality: value, occasion: value });
    const args = fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 8 });
    type Key = (typeof KEYS)[number];
    type Piece = { key: Key } | { text: string };
    const check = (
      pieces: readonly (readonly Piece[])[],
      values: Readonly<Record<Key, string>>,
    ): void => {
      const written = pieces.map((all) =>
        all.map((one) => ("key" in one ? `{${one.key}}` : one.text)).join(""),
      );
      const wanted = pieces.map((all) =>
        all.map((one) => ("key" in one ? values[one.key] : one.text)).join(""),
      );
      expect(argv(written, values)).toEqual(["/p", ...wanted]);
    };
    fc.assert(fc.property(args, given, check), { seed: 20260406, numRuns: 2000 });
  });
});

const presence = (state: PresenceProvision["state"], rest: Partial<PresenceProvision> = {}) =>
  ({
    identity: "claude-ada",
    runtime: "claude",
    state,
    exitCode: null,
    signal: null,
    detail: "",
    durationMs: 1,
    argv: [],
    ...rest,
  }) as PresenceProvision;

test("a peer is done when all of its presences are", () => {
  const cases: readonly (readonly [readonly PresenceProvision["state"][], string])[] = [
    [[], "skipped-no-agentic-runtime"],
    [["ok"], "done"],
    [["ok", "skipped"], "done"],
    [["ok", "failed"], "failed"],
    [["timeout"], "failed"],
    [["not-executable", "ok"], "failed"],
    [["refused"], "failed"],
    [["ok", "interrupted"], "interrupted"],
    [["failed", "interrupted"], "interrupted"],
  ];
  for (const [states, wanted] of cases) {
    expect(peerStateOf(states.map((state) => presence(state)))).toBe(wanted as never);
  }
});

test("the summary of the verb's output", () => {
  const codex = { runtime: "codex" } as Partial<PresenceProvision>;
  const failed = presence("failed", { ...codex, exitCode: 3, detail: "no space left\n" });
  expect(provisionSummary([presence("ok", { exitCode: 0 }), failed])).toBe(
    "claude:ok, codex:failed (exit 3: no space left)",
  );
  expect(provisionSummary([presence("timeout", { signal: "SIGKILL" })])).toBe(
    "claude:timeout (SIGKILL)",
  );
  const lines = presence("failed", { exitCode: 1, detail: "no\nremoved; purged 0\r\n\tall" });
  expect(provisionSummary([lines])).toBe("claude:failed (exit 1: no removed; purged 0 all)");
  const long = presence("failed", { exitCode: 1, detail: `${"x".repeat(300)}the end` });
  expect(provisionSummary([long])).toBe(`claude:failed (exit 1: …${"x".repeat(153)}the end)`);
});
