// Golden screens, captured from the real programs by test/e2e/capture-screens.ts: the beginning
// of a file's name says what it shows.

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Runtime, Screen } from "../../src/ports/runtime.ts";
import { openRuntime, peerOf } from "../contract/runtime-under-test.ts";

const SCREENS = join(import.meta.dir, "screens");

/** Keys for the dialogs that may be answered; all others are left to a person. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "claude/dialog-folder-trust": ["Enter"],
  "claude/dialog-bypass-permissions": ["Down"],
  "claude/dialog-theme": ["Enter"],
  "claude/dialog-security-notes": ["Enter"],
  "claude/dialog-terminal-setup": ["Down"],
  "claude/dialog-resume-size": ["Down"],
  "codex/dialog-update": ["Down"],
  "codex/dialog-rate-limits": ["Down"],
  "codex/dialog-folder-trust": ["Enter"],
};

describe.each(["claude", "codex"])("%s", (name) => {
  const { files, read, textOf } = goldenOf(name);

  test.each(files)("%s", (file) => {
    expect(read(textOf(file))).toEqual(expected(`${name}/${file}`));
  });

  test("a terminal pads its rows and its screen", () => {
    for (const file of files) {
      const rows = textOf(file).split("\n");
      const padded = [...rows.map((row) => row.padEnd(220)), "", "   ", ""].join("\n");
      expect({ file, screen: read(padded) }).toEqual({ file, screen: expected(`${name}/${file}`) });
    }
  });

  test("half a screen is never answered, unless the whole of it is the same question", () => {
    for (const file of files) {
      const rows = textOf(file).split("\n");
      for (let end = 0; end < rows.length; end += 1) {
        const screen = read(rows.slice(0, end).join("\n"));
        const isAnswered = screen.shows === "dialog" && screen.keys !== null;
        const whole: Screen = expected(`${name}/${file}`);
        if (isAnswered) expect<object>({ file, screen }).toEqual({ file, screen: whole });
      }
    }
  });

  test("what a conversation prints is never taken for a dialog", () => {
    for (const shown of files.filter((file) => file.startsWith("ready"))) {
      for (const printed of files) {
        const screen = read(`${textOf(printed)}\n\n${textOf(shown)}`);
        expect([printed, screen.shows]).toEqual([printed, "ready"]);
      }
    }
  });

  test("no fixture names this machine or a key", () => {
    for (const file of files) {
      expect(textOf(file)).not.toMatch(/\/(tmp|root|work|var)\/|sk-ant-api|iapeer-/);
    }
  });
});

describe.each(["claude", "codex"])("around what %s asks", (name) => {
  const { read, textOf } = goldenOf(name);

  test("a question about a tool is left to a person, whatever the agent wrote into it", () => {
    const baits = [
      "Bypass Permissions mode",
      "Do you trust the files in this folder?",
      "Do you trust the contents of this directory?",
      "Choose the text style",
      "Resume from summary",
      "Update available",
      "terminal setup",
      "Trust this folder?",
      "Approaching rate limits",
    ];
    for (const bait of baits) {
      const screen = read(textOf("dialog-question").replaceAll(/touch \w+/g, `echo ${bait}`));
      expect([bait, screen.shows === "dialog" && screen.keys]).toEqual([bait, null]);
    }
  });

  test("news of an update above a question does not make it another one", () => {
    const news = "│ ✨ Update available! 0.169.0 -> 99.0.0 │";
    const question = "dialog-question";
    expect(read(`${news}\n\n${textOf(question)}`)).toEqual(expected(`${name}/${question}`));
  });

  test("what is typed at a prompt is no menu, however much it looks like one", () => {
    const prompt = /^([❯›])( Ask Codex to do anything)?\s*$/m;
    const typed = textOf("ready").replace(prompt, "$1 1. enter the room\n  2. esc to leave");
    expect(typed).toContain("esc to leave");
    expect(read(typed)).toEqual({ shows: "ready" });
  });
});

test("claude at work is seen to be, whatever is typed meanwhile", () => {
  const { read, textOf } = goldenOf("claude");
  const again = "✻ API error · Retrying in 5s · attempt 5/10";
  const tip = "✢ Shenaniganing…\n  ⎿  Tip: Hit Enter to queue up additional messages";
  const queued = `${tip}\n  ❯ typed by a person`;
  for (const above of [again, tip, queued]) {
    const shown = textOf("busy-draft").replace(/^[·✢✳✶✻✽*] .*…$/m, above);
    expect(shown).toContain(above);
    expect([above, read(shown)]).toEqual([above, { shows: "busy" }]);
  }
});

test("a status line of a person's own under claude's prompt hides nothing", () => {
  const { files, read, textOf } = goldenOf("claude");
  for (const file of files.filter((one) => /^(ready|busy)/.test(one))) {
    const own = textOf(file).replace(/\n([^\n]*\n)$/, "\n  main ❯ 1. a branch\n  two\n$1");
    expect([file, read(own)]).toEqual([file, expected(`claude/${file}`)]);
  }
});

function goldenOf(name: string) {
  const { runtime, remove } = openRuntime(name);
  remove();
  const read = (text: string): Screen => runtime.readScreen(text, peerOf(runtime));
  const files = readdirSync(join(SCREENS, name)).map((file) => file.replace(/\.txt$/, ""));
  const textOf = (file: string) => readFileSync(join(SCREENS, name, `${file}.txt`), "utf8");
  return { files, read, textOf };
}

function expected(path: string): Screen {
  const file = path.split("/")[1] ?? "";
  if (!file.startsWith("dialog-")) return { shows: kindOf(file) };
  return { shows: "dialog", name: file.replace("dialog-", ""), keys: KEYS[path] ?? null };
}

function kindOf(file: string): "ready" | "busy" | "wait" {
  const kind = file.split("-")[0];
  if (kind === "ready" || kind === "busy" || kind === "wait") return kind;
  throw new Error(`${file} does not say what it shows`);
}

interface OldDialog {
  readonly title: string;
  readonly runtime: Runtime;
  readonly menu: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** Screens that this machine cannot be brought to; their words are from public reports. */
describe("dialogs of other versions", () => {
  const claude = openRuntime("claude");
  const codex = openRuntime("codex");
  claude.remove();
  codex.remove();
  const cases: readonly OldDialog[] = [
    {
      title: "claude trust, quitting preselected (gastown#4821)",
      runtime: claude.runtime,
      menu: " ❯ No, exit\n   Yes, I trust this folder\n Enter to confirm · Esc to cancel",
      name: "folder-trust",
      keys: ["Down"],
    },
    {
      title: "claude trust, older words (relay#756)",
      runtime: claude.runtime,
      menu: "❯ 1. Yes, proceed\n  2. No, exit\n\nEnter to confirm · Esc to cancel",
      name: "folder-trust",
      keys: ["Enter"],
    },
    {
      title: "codex trust (codex#14547)",
      runtime: codex.runtime,
      menu: "› 1. Yes, continue\n  2. No, quit\n\n  Press enter to continue",
      name: "folder-trust",
      keys: ["Enter"],
    },
    {
      title: "codex update (CommandMate#890)",
      runtime: codex.runtime,
      menu: "› 1. Update now (runs `npm install -g @openai/codex`)\n  2. Skip\n" +
        "  3. Skip until next version\n\n  Press enter to continue",
      name: "update",
      keys: ["Down"],
    },
  ];
  const TITLES: Readonly<Record<string, string>> = {
    "folder-trust":
      "Do you trust the files in this folder?\nDo you trust the contents of this directory?",
    update: "✨ Update available! 0.139.0 -> 0.140.0",
  };

  test.each(cases)("$title", ({ runtime, menu, name, keys }) => {
    const text = `\n${TITLES[name]}\n\n${menu}\n`;
    expect(runtime.readScreen(text, peerOf(runtime))).toEqual({ shows: "dialog", name, keys });
  });
});
