// Names: folder names normalised (storage contract), what is typed checked, near misses found.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  checkPersonality,
  checkRuntime,
  nearest,
  normaliseName,
  splitIdentity,
} from "../../src/rules/names.ts";

const RUNS = { seed: 20260101, numRuns: 2000 };

describe("normaliseName", () => {
  test.each([
    ["ann", "ann"],
    ["My Project", "my-project"],
    ["Zoë", "zoe"],
    // As the contract has it: an accent is a character that is no letter.
    ["Caféteria", "cafe-teria"],
    ["a__b..c", "a-b-c"],
    ["--lead and trail--", "lead-and-trail"],
    ["ﬁle①", "file1"],
    ["it's $(id) `x`\n", "it-s-id-x"],
    ["K\u212Aelvin", "kkelvin"],
    ["a".repeat(32), "a".repeat(32)],
  ])("%j becomes %s", (folder, name) => {
    expect(normaliseName(folder)).toEqual({ ok: true, value: name as never });
  });

  test.each([
    ["", "has no name of its own"],
    ["日本語", "no letter"],
    ["...", "no letter"],
    ["2024 plans", '"2024 plans" becomes "2024-plans": does not start with a letter'],
    ["2024", '"2024" does not start with a letter'],
    ["a".repeat(33), "33 characters"],
  ])("%j is refused, and never suffixed", (folder, why) => {
    const result = normaliseName(folder);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error).toContain(why);
    expect(result.error).toContain("iapeer create <name>");
  });

  test("whatever it accepts is a peer's name, and stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (folder) => {
        const first = normaliseName(folder);
        if (!first.ok) return;
        expect(checkPersonality(first.value).ok).toBe(true);
        expect(normaliseName(first.value)).toEqual(first);
      }),
      RUNS,
    );
  });
});

describe("checking", () => {
  test.each(["a", "ann", "a-1", "a-", `a${"0".repeat(31)}`])("%s is a peer's name", (name) => {
    expect(checkPersonality(name).ok).toBe(true);
  });
  test.each(["", "Ann", "1a", "-a", "a_b", "a b", "a\n", "../a", "é", `a${"0".repeat(32)}`])(
    "%j is no peer's name",
    (name) => expect(checkPersonality(name).ok).toBe(false),
  );
  test("a refusal suggests the valid spelling, when there is one", () => {
    const refusal = (typed: string) => {
      const result = checkPersonality(typed);
      return result.ok ? "" : result.error;
    };
    expect(refusal("My Peer")).toEndWith('; try "my-peer"');
    expect(refusal("42")).toEndWith("at most 32 characters");
  });
  test.each(["claude", "x1"])("%s is a runtime's name", (name) => {
    expect(checkRuntime(name).ok).toBe(true);
  });
  test.each(["", "my-runtime", "Claude", "1x", "a".repeat(33)])(
    "%j is no runtime's name",
    (name) => expect(checkRuntime(name).ok).toBe(false),
  );
});

describe("splitIdentity", () => {
  test("splits at the first dash", () => {
    expect(splitIdentity("claude-ann-of-green")).toEqual({
      runtime: "claude",
      personality: "ann-of-green",
      identity: "claude-ann-of-green",
    } as never);
  });
  test.each(["", "claude", "-ann", "claude-", "claude--ann", "Claude-ann", "claude-Ann", "c/d-a"])(
    "%j is no address",
    (text) => expect(splitIdentity(text)).toBeNull(),
  );
});

describe("nearest", () => {
  const verbs = ["start", "status", "stop", "show", "list"];
  test.each([
    ["strat", "start"],
    ["statsu", "status"],
    ["SHOW", "show"],
    ["lits", "list"],
    ["stp", "stop"],
  ])("%s probably meant %s", (typed, meant) => expect(nearest(typed, verbs)).toBe(meant));
  test.each(["", "x", "banana", "s".repeat(500)])("%j is near nothing", (typed) => {
    expect(nearest(typed, verbs)).toBeNull();
  });
  test("an exact candidate always wins, and no candidate gives none", () => {
    expect(nearest("stop", ["stip", "stop"])).toBe("stop");
    expect(nearest("stop", [])).toBeNull();
  });
});
