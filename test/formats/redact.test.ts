// Secrets leave no trace: exact values however a terminal split them, and what looks like one.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { REDACTED, redactArgv, redactText, secretValues } from "../../src/formats/redact.ts";
import { hostileText, RUNS } from "./hostile.ts";

const SECRET = "correct-horse-battery";
const clean = (text: string): string => redactText(text, [SECRET]);

describe("known values", () => {
  test.each([
    [`x ${SECRET} y`, "x [redacted] y"],
    [`${SECRET}${SECRET}`, "[redacted][redacted]"],
    ["corr\u001B[31mect-horse\u001B[0m-battery\u001B[0m!", "[redacted]\u001B[0m!"],
    ["correct-\u001B]8;;http://x\u0007horse\u001B]8;;\u0007-battery", "[redacted]"],
    ["correct-\u009B1mhorse-battery", "[redacted]"],
    ["correct-ho\r\n    rse-battery end", "[redacted] end"],
    ["correct-horse-\u001B[5;1Hbattery", "[redacted]"],
    ["\u001B]0;title correct-horse-battery\u0007x", "\u001B]0;title [redacted]\u0007x"],
    ["\u001B]0;corr\u001B[31mect-horse-battery x", "\u001B]0;[redacted] x"],
    ["horse-battery was the end of it", "[redacted] was the end of it"],
    ["it began with correct-ho", "it began with [redacted]"],
    ["the correct horse", "the correct horse"],
    ["horse", "horse"],
  ])("%j becomes %j", (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test("overlap, contain each other, and vanish together", () => {
    expect(redactText("a secret-long-one b", ["secret-long", "long-one", "secret-long-one"])).toBe(
      "a [redacted] b",
    );
  });

  test("shorter than six characters are left alone", () => {
    expect(redactText("a true b", ["true"])).toBe("a true b");
    expect(redactText("ab  cd", ["ab  cd"])).toBe(REDACTED);
    expect(redactText("abcd", ["ab  cd"])).toBe("abcd");
  });

  test("come from an environment, longest first, each once", () => {
    expect(secretValues({ A: "123456", B: "12345", C: "1234567", D: "123456" })).toEqual([
      "1234567",
      "123456",
    ]);
  });

  test("never survive, whatever they are and whatever stands around them", () => {
    const secret = hostileText.filter((text) => text.length >= 6 && !REDACTED.includes(text));
    fc.assert(
      fc.property(hostileText, secret, hostileText, (before, value, after) => {
        const redacted = redactText(`${before}${value}${after}`, [value]);
        expect(redacted.replaceAll(REDACTED, "\uFFFF")).not.toContain(value);
      }),
      RUNS,
    );
  });

  test("never survive being coloured character by character", () => {
    const code = fc.constantFrom("", "\u001B[0m", "\u001B[38;5;12m", "\r\n", "\u001B(B");
    const colours = fc.array(code, { minLength: SECRET.length, maxLength: SECRET.length });
    fc.assert(
      fc.property(colours, (codes) => {
        const text = Array.from(SECRET, (letter, index) => letter + (codes[index] ?? "")).join("");
        expect(clean(`<${text}>`)).toBe(`<${REDACTED}${codes.at(-1) ?? ""}>`);
      }),
      RUNS,
    );
  });

  test("a text without secrets is returned as it is", () => {
    const innocent = "PWD=/home/x\u001B[31m OLDPWD=/y\u001B[0m max_tokens=4096, 12k tokens: fine\n";
    expect(redactText(innocent, [])).toBe(innocent);
    expect(redactText(innocent, [SECRET])).toBe(innocent);
  });
});

describe("what looks like a credential", () => {
  test.each([
    ["sk-ant-api03-abcDEF_123-456", REDACTED],
    ["key sk-proj-abcdefghijklmnop.", `key ${REDACTED}.`],
    ["ghp_0123456789abcdefABCD", REDACTED],
    ["gho_0123456789abcdefABCD", REDACTED],
    ["github_pat_11ABCDEFG0123456789_abc", REDACTED],
    ["xoxb-123456789-abcdef", REDACTED],
    ["xoxp-123456789-abcdef", REDACTED],
    ["AKIAIOSFODNN7EXAMPLE", REDACTED],
    ["sk-ant-\u001B[1mapi03-abc\u001B[0mDEF_123", REDACTED],
    ["Authorization: Bearer abc", `Authorization: Bearer ${REDACTED}`],
    ["authorization: basic dXNlcjpw", `authorization: basic ${REDACTED}`],
    ['"Authorization": "Bearer abc"', `"Authorization": "Bearer ${REDACTED}"`],
    ["Bearer abcdefghijkl.mno", `Bearer ${REDACTED}`],
    ["https://user:pa@ss@host/x", `https://${REDACTED}@host/x`],
    ["postgres://u:p@db:5432/x?y=z@w", `postgres://${REDACTED}@db:5432/x?y=z@w`],
    ["https://e.com/a@b", "https://e.com/a@b"],
    ["password=hunter2 x", `password=${REDACTED} x`],
    ["DB_PASSWORD='a b c' x", `DB_PASSWORD='${REDACTED}' x`],
    ["DB_PASS=abc x", `DB_PASS=${REDACTED} x`],
    ["API_KEY: abc", `API_KEY: ${REDACTED}`],
    ["x-api-key: abc", `x-api-key: ${REDACTED}`],
    ["AWS_SECRET_ACCESS_KEY=a/b+c", `AWS_SECRET_ACCESS_KEY=${REDACTED}`],
    ['{"access_token":"a\\"b","n":1}', `{"access_token":"${REDACTED}","n":1}`],
    ["?token=abc&x=1", `?token=${REDACTED}&x=1`],
    ["run --token abc --verbose", `run --token ${REDACTED} --verbose`],
    ["PWD=/home/x", "PWD=/home/x"],
    ["OLDPWD=/home/x", "OLDPWD=/home/x"],
    ["compass=north", "compass=north"],
    ["max_tokens=100", "max_tokens=100"],
    ["task-force sk-short", "task-force sk-short"],
  ])("%j becomes %j", (text, expected) => {
    expect(redactText(text, [])).toBe(expected);
    expect(redactText(expected, [])).toBe(expected);
  });

  const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB/x+y=\nAAAA\n-----END RSA PRIVATE KEY-----";

  test("a PEM block, whole or cut at either end", () => {
    expect(redactText(`a\n${PEM}\nb`, [])).toBe(`a\n${REDACTED}\nb`);
    expect(redactText(`${PEM.slice(40)}\nb`, [])).toBe(`${REDACTED}\nb`);
    expect(redactText(`a\n${PEM.slice(0, 45)}`, [])).toBe(`a\n${REDACTED}`);
  });
});

describe("an argv", () => {
  test("loses what follows a telling option or name, whole", () => {
    const argv = [
      "run",
      "--token",
      "a b",
      "--password=c d",
      "-e",
      "DB_PASSWORD=e 'f' g",
      "-eAPI_KEY=h",
      "--env=MY_SECRET=i j",
      "-e",
      "HOME=/x",
      "-H",
      "Authorization: Bearer k",
      `--name=${SECRET}`,
      "--token",
      "--",
      "PWD=/y",
    ];
    expect(redactArgv(argv, [SECRET])).toEqual([
      "run",
      "--token",
      REDACTED,
      `--password=${REDACTED}`,
      "-e",
      `DB_PASSWORD=${REDACTED}`,
      `-eAPI_KEY=${REDACTED}`,
      `--env=MY_SECRET=${REDACTED}`,
      "-e",
      "HOME=/x",
      "-H",
      `Authorization: Bearer ${REDACTED}`,
      `--name=${REDACTED}`,
      "--token",
      "--",
      "PWD=/y",
    ]);
  });

  test("keeps its length, and arguments that are only part of a secret", () => {
    expect(redactArgv(["correct", "correct-horse"], [SECRET])).toEqual([
      "correct",
      "correct-horse",
    ]);
  });
});

test.each([
  ["a", 1_000_000],
  ["a-", 500_000],
  ["token", 200_000],
  ["token=", 170_000],
  ['token="', 140_000],
  ["a://", 250_000],
  ["\u001B[", 300_000],
  ["\u001B]x", 300_000],
  ["-----BEGIN A-----", 60_000],
  [" ", 1_000_000],
  ["AAAAAAAA\n", 110_000],
])("a megabyte of %j takes no quadratic time", (unit, times) => {
  const from = performance.now();
  redactText(unit.repeat(times), [SECRET]);
  expect(performance.now() - from).toBeLessThan(4000);
}, 20_000);
