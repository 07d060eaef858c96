// What every Runtime does (ports/runtime.ts).

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { wallMs } from "../../src/core/brand.ts";
import type { Screen } from "../../src/ports/runtime.ts";
import {
  factsOf,
  launched,
  openRuntime,
  peerOf,
  type RuntimeUnderTest,
} from "./runtime-under-test.ts";

const RUNS = { numRuns: 200, seed: 20_260_101 };
const hostile = fc.oneof(
  fc.constantFrom("$(touch x)", "`id`", "a\nb", "--flag", "'\"\\", "-", " ", "é\u{1F600}"),
  fc.string({ unit: "binary", minLength: 1 }).map((text) => text.replaceAll("\0", "")),
);
const variable = fc
  .stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/)
  .filter((key) => !key.startsWith("IAPEER_"));

export function runtimeSuite(name: string): void {
  describe(`runtime: ${name}`, () => {
    let under: RuntimeUnderTest;
    beforeEach(() => {
      under = openRuntime(name);
    });
    afterEach(() => under.remove());
    describe("traits", () => traitTests(() => under));
    describe("launch", () => launchTests(() => under));
    describe("screen", () => screenTests(() => under));
    describe("conversations", () => conversationTests(() => under));
    describe("folder", () => folderTests(() => under));
  });
}

type Get = () => RuntimeUnderTest;

function traitTests(get: Get): void {
  test("agree with each other", () => {
    const { runtime } = get();
    const { traits } = runtime;
    expect(runtime.name).toMatch(/^[a-z][a-z0-9]{0,31}$/);
    expect(traits.agentic && traits.infrastructure).toBe(false);
    if (traits.usesDoctrine) expect(traits.agentic).toBe(true);
    if (traits.agentic) expect(traits.bypassWarning).toMatch(/^\w.* --[a-z-]+: .*\.$/);
    if (traits.agentic) expect(runtime.interruptKeys?.length).toBeGreaterThan(0);
    if (traits.agentic) expect("lastTurn" in runtime).toBe(true);
    if (runtime.compactCommand !== null) expect(traits.agentic).toBe(true);
  });
}

function launchTests(get: Get): void {
  test("is a function of its facts, and changes none of them", () => {
    const { runtime } = get();
    const facts = factsOf(runtime, { launchEnv: Object.freeze({ A: "1" }), doctrinePath: "/d" });
    const before = structuredClone(facts);
    expect(runtime.launch(facts)).toEqual(runtime.launch(structuredClone(facts)));
    expect(facts).toEqual(before);
  });

  test("hands over the environment whole, and puts none of it on the command line", () => {
    const { runtime } = get();
    const environment = fc.dictionary(variable, fc.uuid(), { maxKeys: 6 });
    const check = (launchEnv: Record<string, string>): void => {
      const plan = launched(runtime, { launchEnv });
      expect(plan.env).toMatchObject(launchEnv);
      for (const secret of Object.values(launchEnv)) {
        expect(plan.argv.some((word) => word.includes(secret))).toBe(false);
      }
    };
    fc.assert(fc.property(environment, check), RUNS);
  });

  test("keeps what people wrote out of the command line", () => {
    const { runtime } = get();
    const check = (cwd: string, description: string, prompt: string): void => {
      const fields = { cwd: `/${cwd}`, description, initial_prompt: prompt };
      const plan = launched(runtime, { peer: peerOf(runtime, fields) });
      expect(plan).toEqual(launched(runtime));
    };
    fc.assert(fc.property(hostile, hostile, hostile, check), RUNS);
  });

  test("says how its readiness is known, and starts a named program", () => {
    const { runtime } = get();
    const plan = launched(runtime);
    expect(plan.argv[0]).toMatch(/\S/);
    expect(["screen", "alive"]).toContain(plan.ready.by);
    if (runtime.traits.agentic) expect(plan.ready.by).toBe("screen");
  });

  test("takes a doctrine as one word, whatever its path holds", () => {
    const { runtime } = get();
    if (!runtime.traits.usesDoctrine) return;
    const check = (tail: string): void => {
      const bare = launched(runtime).argv.length;
      const plan = launched(runtime, { doctrinePath: `/d/${tail}` });
      expect(plan.argv.length).toBe(bare + 2);
    };
    fc.assert(fc.property(hostile, check), RUNS);
  });

  test("resumes by the conversation's own id", () => {
    const { runtime } = get();
    const resumable = { ref: "0199-cafe", lastActiveWall: wallMs(0) };
    const plan = launched(runtime, { mode: "resume", resumable });
    if (runtime.traits.agentic) expect(plan.argv).toContain("0199-cafe");
    else expect(plan.argv).toEqual(launched(runtime).argv);
  });
}

function screenTests(get: Get): void {
  const valid = (screen: Screen): void => {
    expect(["ready", "busy", "wait", "dialog"]).toContain(screen.shows);
    if (screen.shows !== "dialog" || screen.keys === null) return;
    expect(screen.keys.length).toBeGreaterThan(0);
    for (const key of screen.keys) expect(["Enter", "Up", "Down"]).toContain(key);
  };

  test("any text is a screen", () => {
    const { runtime } = get();
    const peer = peerOf(runtime);
    const rule = "─".repeat(20);
    const pieces = fc.constantFrom("❯", "› ", "> ", rule, "\n", "1. Yes", "  2. No", " ");
    const any = fc.oneof(pieces, fc.string({ unit: "binary" }));
    const text = fc.array(any).map((all) => all.join(""));
    fc.assert(fc.property(text, (shown) => valid(runtime.readScreen(shown, peer))), RUNS);
  });

  test("a megabyte is a screen too", () => {
    const { runtime } = get();
    for (const piece of ["x", "\n", "❯ 1. a\n", "› ", "─", " "]) {
      valid(runtime.readScreen(piece.repeat(1024 * 1024), peerOf(runtime)));
    }
  });

  test("nothing is answered on an empty screen", () => {
    const { runtime } = get();
    const screen = runtime.readScreen("", peerOf(runtime));
    expect(screen.shows === "dialog").toBe(false);
    if (runtime.traits.agentic) expect(screen).toEqual({ shows: "wait" });
  });
}

function conversationTests(get: Get): void {
  test("there are none in a new home", () => {
    const { runtime } = get();
    const peer = peerOf(runtime);
    if (runtime.traits.agentic) expect(runtime.findResumable(peer, {})).toBeNull();
    expect(runtime.lastActivity(peer, {})).toBeNull();
    expect(runtime.lastTurn?.(peer, {}) ?? null).toBeNull();
  });

  test("whatever lies where they are kept, it is not an error", () => {
    const { runtime, home } = get();
    const peer = peerOf(runtime);
    for (const dir of [".claude", ".codex"]) {
      mkdirSync(join(home, dir));
      writeFileSync(join(home, dir, "projects"), "not a folder");
      writeFileSync(join(home, dir, "sessions"), "not a folder");
    }
    if (runtime.traits.agentic) expect(runtime.findResumable(peer, {})).toBeNull();
    expect(runtime.lastActivity(peer, {})).toBeNull();
    expect(runtime.lastTurn?.(peer, {}) ?? null).toBeNull();
  });
}

function folderTests(get: Get): void {
  test("is made known once, and taken back without a trace", () => {
    const { runtime, home } = get();
    const peer = peerOf(runtime, { cwd: `${home}/a "b" \\ $(c)\té` });
    expect(runtime.prepareFolder?.(peer).warnings ?? []).toEqual([]);
    expect(runtime.prepareFolder?.(peer).warnings ?? []).toEqual([]);
    expect(runtime.forgetFolder?.(peer).warnings ?? []).toEqual([]);
    expect(runtime.forgetFolder?.(peer).warnings ?? []).toEqual([]);
  });
}
