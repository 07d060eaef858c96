// What a witness makes of the kernel's count of kills for memory (lifecycle §5): only one of a
// moment ago explains a death, and what is not known is not guessed.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OOM_BASE_FRESH_SECS, renderOomBase } from "../../src/formats/oom-base.ts";
import { assignments } from "../../src/formats/sh-quote.ts";
import { WITNESS_FUNCTIONS } from "../../src/formats/witness-sh.ts";
import { SHELLS } from "../real/host-under-test.ts";

const NOW = 1_800_000_000;
const ago = (secs: number, kills: number) => renderOomBase({ wallSecs: NOW - secs, kills });

interface Case {
  readonly atLaunch: number | null;
  readonly now: string | number;
  /** Null: there is no such file. */
  readonly file: string | null;
  readonly oom: "seen" | "not-seen" | "unknown";
}

/** Launched when 3 had been killed, the daemon's file from `file`, and `now` of them at the end. */
const of = (now: Case["now"], file: Case["file"], oom: Case["oom"]): Case => ({
  atLaunch: 3,
  now,
  file,
  oom,
});

const CASES: Readonly<Record<string, Case>> = {
  "a kill of a moment ago": of(4, ago(5, 3), "seen"),
  "one of a moment ago, after others": of(9, ago(OOM_BASE_FRESH_SECS, 8), "seen"),
  "a kill of some time ago": of(4, ago(5, 4), "not-seen"),
  "a kill after the launch, which the file is older than": of(4, ago(30, 2), "seen"),
  "kills before the launch": of(3, ago(5, 1), "not-seen"),
  "none since the launch, and no daemon": of(3, null, "not-seen"),
  "a kill since the launch, and no daemon": of(4, null, "unknown"),
  "a daemon that is gone for long": of(4, ago(OOM_BASE_FRESH_SECS + 1, 3), "unknown"),
  "a file from before the clock was set back": of(4, ago(-3600, 3), "unknown"),
  "a file of another boot": of(4, ago(60, 5), "unknown"),
  "a file with more to say": of(4, `${NOW} 4 and more\nof it\n`, "not-seen"),
  "a file without a last newline": of(4, `${NOW} 3`, "seen"),
  "an empty file": of(4, "", "unknown"),
  "half a file": of(4, `${NOW}\n`, "unknown"),
  "words": of(4, "$(exit) `x` *\n", "unknown"),
  "numbers that are none": of(4, `${NOW} 0x3\n`, "unknown"),
  "numbers that no sh can hold": of(4, `${NOW} ${"9".repeat(40)}\n`, "unknown"),
  "a number that looks octal": of(9, `${NOW} 08\n`, "seen"),
  "a kernel that tells nonsense": of("x", ago(5, 3), "unknown"),
  "a kernel that tells nothing": { ...of(4, ago(5, 3), "unknown"), atLaunch: null },
};

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "iapeer-memory-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** In a folder of its own: what the functions say, run with a count that is the test's. */
function judged(shell: readonly string[], { atLaunch, now }: Case, base: string): string {
  const vmstat = join(root, "vmstat");
  writeFileSync(vmstat, `nr_free_pages 1\noom_kill ${now}\nlast 2\n`);
  const script =
    assignments({
      oom_kills: atLaunch ?? "",
      oom_base: base,
      oom_fresh: OOM_BASE_FRESH_SECS,
      epoch: NOW,
    }) +
    WITNESS_FUNCTIONS.replaceAll("/proc/vmstat", vmstat) +
    'see_memory\necho "$oom"\n';
  const options = { stdin: new TextEncoder().encode(script), timeout: 5000 };
  const ran = Bun.spawnSync([...shell, "-s"], options);
  return ran.stdout.toString() + ran.stderr.toString();
}

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("%s", (_, shell) => {
  test.each(Object.entries(CASES))("%s", (_name, each) => {
    const base = join(root, "oom-kills");
    rmSync(base, { force: true });
    if (each.file !== null) writeFileSync(base, each.file);
    expect(judged(shell, each, base)).toBe(`${each.oom}\n`);
  });

  test("what is no file is not read, and nobody waits for it", () => {
    const [folder, link, fifo] = ["folder", "link", "fifo"].map((name) => join(root, name));
    mkdirSync(String(folder), { recursive: true });
    rmSync(String(link), { force: true });
    symlinkSync("nowhere", String(link));
    Bun.spawnSync(["mkfifo", String(fifo)]);
    for (const base of [folder, link, fifo]) {
      expect(judged(shell, of(4, null, "unknown"), String(base))).toBe("unknown\n");
    }
  });
});
