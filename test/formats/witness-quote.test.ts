// Quoting, against the programs that read it: every byte and any text arrive as they were, from a
// real sh and from a real tmux reading its file.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { assignments, quoteSh } from "../../src/formats/sh-quote.ts";
import { quoteTmux, tmuxArgument } from "../../src/formats/tmux-quote.ts";
import { SHELLS } from "../real/host-under-test.ts";
import { TMUX } from "../real/tmux-program.ts";

/** One text a byte, as latin1, so that bytes which are no UTF-8 are tried as well. */
const BYTES = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1));

const FIXED = [
  ...BYTES,
  BYTES.join(""),
  BYTES.toReversed().join(""),
  ...BYTES.map((byte) => `${byte}a${byte}${byte} ${byte}`),
  "",
  "~root ~",
  "a\n  # no comment\n\tb",
  "#{pid} #(touch x) %H $HOME ${HOME} `id` $(id) \\n \\\\ \\",
  "'\"'\"''''\"\"",
  ";",
  "a;",
  "a\\;",
  "\\;",
  "{ } [ ] ( ) %if %% @x =y",
  "-n",
  "!!",
];

const texts = (unit: "grapheme" | "binary-ascii"): string[] =>
  fc
    .sample(fc.string({ unit, maxLength: 40 }), { seed: 20260131, numRuns: 400 })
    .map((text) => text.replaceAll("\0", "0"));

const CASES: readonly (readonly [string, BufferEncoding, readonly string[]])[] = [
  ["every byte", "latin1", [...FIXED, ...texts("binary-ascii")]],
  ["unicode", "utf8", ["é ☃ 👩‍👩‍👧 日本\u0081\u0088\u00ff", "\uFEFFx", ...texts("grapheme")]],
];

function withFolder<T>(use: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), "iapeer-quote-"));
  try {
    return use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const split = (output: Buffer, encoding: BufferEncoding): string[] =>
  output.toString(encoding).split("\0").slice(0, -1);

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("sh: %s", (_, shell) => {
  test.each(CASES)("a word, %s", (_name, encoding, wanted) => {
    withFolder((dir) => {
      const words = wanted.map((text) => `printf '%s\\0' ${quoteSh(text)}\n`).join("");
      writeFileSync(join(dir, "script"), words, encoding);
      const ran = Bun.spawnSync([...shell, join(dir, "script")], { env: { LC_ALL: "C" } });
      expect(split(ran.stdout, encoding)).toEqual([...wanted]);
      expect(ran.stderr.toString()).toBe("");
    });
  });

  test.each(CASES)("a variable, %s", (_name, encoding, wanted) => {
    withFolder((dir) => {
      const lines = wanted.map((text) => `${assignments({ v: text })}printf '%s\\0' "$v"\n`);
      writeFileSync(join(dir, "script"), lines.join(""), encoding);
      const ran = Bun.spawnSync([...shell, join(dir, "script")], { env: { LC_ALL: "C" } });
      expect(split(ran.stdout, encoding)).toEqual([...wanted]);
    });
  });
});

/** What a session's process finds in its environment, put there by lines of tmux.conf. */
function readBack(lines: readonly string[], encoding: BufferEncoding): Map<string, string> {
  return withFolder((dir) => {
    const conf = join(dir, "conf");
    writeFileSync(conf, `${lines.join("\n")}\n`, encoding);
    const out = join(dir, "out");
    const socket = join(dir, "s");
    const client = [TMUX, "-S", socket];
    const env = { PATH: "/usr/bin:/bin", HOME: dir, MARK: "1", LC_ALL: "C.UTF-8" };
    const shown = ["/bin/sh", "-c", 'env -0 > "$0"; exec cat', out];
    const start = [...client, "-f", conf, "new-session", "-d", "-P", "-F", "#{pid}"];
    const started = Bun.spawnSync([...start, ...shown], { env, cwd: dir });
    const pid = Number(started.stdout.toString());
    try {
      if (!(pid > 1)) throw new Error(started.stderr.toString());
      const found = waitFor(out);
      return new Map(
        split(found, encoding).map((entry) => {
          const at = entry.indexOf("=");
          return [entry.slice(0, at), entry.slice(at + 1)];
        }),
      );
    } finally {
      if (pid > 1) process.kill(pid, "SIGKILL");
    }
  });
}

/** `env` has written all that it has once its last byte, a NUL, is there and MARK is. */
function waitFor(path: string): Buffer {
  for (let turn = 0; turn < 2000; turn += 1) {
    const ran = Bun.spawnSync(["/bin/sh", "-c", 'cat "$0" 2>/dev/null', path]);
    const whole = ran.stdout.includes("MARK=1\0") && ran.stdout.at(-1) === 0;
    if (whole && ran.stdout.includes("TMUX_PANE=")) {
      return Buffer.from(readFileSync(path));
    }
  }
  throw new Error("the session never wrote its environment");
}

describe("tmux.conf", () => {
  const name = (index: number) => `V${index}`;

  test.each(CASES)("a word, %s", (_name, encoding, wanted) => {
    const lines = wanted.map(
      (text, index) => `set-environment -g ${name(index)} ${quoteTmux(text)}`,
    );
    const found = readBack(lines, encoding);
    expect(wanted.map((_, index) => found.get(name(index)))).toEqual([...wanted]);
  }, 30_000);

  // tmux takes the byte 0xFF in a command inside a word for its end; no UTF-8 text has one.
  test.each(CASES)("a word in a command in a word, %s", (_name, encoding, all) => {
    const wanted = encoding === "utf8" ? all : all.filter((text) => !text.includes("\xFF"));
    const lines = wanted.map((text, index) => {
      const command = `set-environment -g ${name(index)} ${quoteTmux(text)}`;
      return `if-shell -F 1 ${quoteTmux(command)}`;
    });
    const found = readBack(lines, encoding);
    expect(wanted.map((_, index) => found.get(name(index)))).toEqual([...wanted]);
  }, 30_000);
});

describe("what has no form", () => {
  test.each([quoteSh, quoteTmux])("a NUL is a bug of the caller: %p", (quote) => {
    expect(() => quote("a\0b")).toThrow("NUL");
  });
});

test.each([
  ["a", "a"],
  ["", ""],
  [";", "\\;"],
  ["a;", "a\\;"],
  ["a\\;", "a\\\\;"],
  [";a", ";a"],
  ["a;b", "a;b"],
])("tmux argument %j is given as %j", (text, given) => {
  expect(tmuxArgument(text)).toBe(given);
});
