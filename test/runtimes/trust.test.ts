// Trust written into files that belong to the agents: the change is made, and nothing else is.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { keysThere, setTrue, takeOut } from "../../src/runtimes/claude/json-edit.ts";
import { type Edit, withoutTrust, withTrust } from "../../src/runtimes/codex/trust.ts";
import { openRuntime, peerOf, type RuntimeUnderTest } from "../contract/runtime-under-test.ts";

const RUNS = { numRuns: 300, seed: 20_260_102 };
const CWD = '/peers/a "b" \\ c';

describe("claude: one value in a JSON document", () => {
  const trusted = (text: string) => setTrue(text, ["projects", CWD, "trust"]);

  test("is added with whatever is missing on the way, laid out like its neighbours", () => {
    expect(setTrue("{}", ["a"])).toBe('{"a": true}');
    expect(setTrue(' { "a": 1 }\n', ["b"])).toBe(' { "a": 1, "b": true }\n');
    expect(setTrue('{\n  "a": 1\n}\n', ["b"])).toBe('{\n  "a": 1,\n  "b": true\n}\n');
    expect(setTrue('{"p": {}}', ["p", "x", "t"])).toBe('{"p": {"x": {"t":true}}}');
  });

  test("is changed in place, and left when it is so already", () => {
    expect(setTrue('{"a":{"b" : false,"c":0}}', ["a", "b"])).toBe('{"a":{"b" : true,"c":0}}');
    expect(setTrue('{"a": true}', ["a"])).toBe('{"a": true}');
    expect(setTrue('{"a": {"b": 1}, "a": {"b": false}}', ["a", "b"])).toBe(
      '{"a": {"b": 1}, "a": {"b": true}}',
    );
  });

  test.each(["", "[]", "{", "null", '{"projects": []}', '{"projects": {}} x'])(
    "is not written into %j",
    (text) => {
      expect(trusted(text)).toBeNull();
    },
  );

  test("leaves every other byte and value of any document", () => {
    const space = fc.constantFrom<number | string>(0, 1, 2, "\t");
    const check = (value: unknown, indent: number | string): void => {
      const document = { ...Object(value), projects: { "/other": value } };
      const text = JSON.stringify(document, null, indent);
      const after = trusted(text) ?? "";
      const parsed = JSON.parse(after);
      expect(parsed.projects[CWD].trust).toBe(true);
      delete parsed.projects[CWD];
      expect(parsed).toEqual(JSON.parse(text));
      const [start, length] = [firstDifference(text, after), after.length - text.length];
      expect(after.slice(0, start) + after.slice(start + length)).toBe(text);
    };
    fc.assert(fc.property(fc.jsonValue(), space, check), RUNS);
  });
});

describe("codex: one table in a TOML document", () => {
  const plain = '[projects."/peers/a \\"b\\" \\\\ c"]\ntrust_level = "trusted"\n';
  const table = `# Trusted by iapeer, until the peer is removed.\n${plain}`;

  test("is appended, once, and taken away without a trace", () => {
    const configs = ["", 'model = "x" # c\n', "# only a comment", "a = 1\n\n", "[t]\r\nb = 2\r\n"];
    for (const before of configs) {
      const after = textOf(withTrust(before, CWD));
      expect(after).toEndWith(table);
      expect(after).toStartWith(before);
      expect(withTrust(after, CWD)).toBe(after);
      expect(withoutTrust(after, CWD)).toBe(before);
    }
  });

  test("of two, whichever goes first leaves the other as if it had been alone", () => {
    for (const before of ["", "a = 1\n", "# c"]) {
      const both = textOf(withTrust(textOf(withTrust(before, "/a")), "/b"));
      for (const [first, second] of [["/a", "/b"], ["/b", "/a"]] as const) {
        const left = textOf(withoutTrust(both, first));
        expect(left).toBe(textOf(withTrust(before, second)));
        expect(withoutTrust(left, second)).toBe(before);
      }
    }
  });

  test.each([
    '[projects."/peers/a \\"b\\" \\\\ c"]\ntrust_level = "untrusted"\n',
    `projects = { '${CWD}' = { trust_level = "trusted" } }\n`,
    `projects.'${CWD}'.trust_level = "untrusted"\n`,
  ])("is not added where a level was chosen: %j", (config) => {
    expect(withTrust(config, CWD)).toBe(config);
  });

  test.each([
    "= nonsense",
    "[projects]\n[projects]\n",
    "projects = {}\n",
    "projects = 1\n",
    `[projects.'${CWD}']\nother = 1\n`,
  ])("a file that would be read otherwise is left alone: %j", (config) => {
    expect(withTrust(config, CWD)).toHaveProperty("leave");
  });

  test("a table that holds more than trust is not taken away", () => {
    expect(withoutTrust(`${table}other = 1\n`, CWD)).toHaveProperty("leave");
    expect(withoutTrust(`${table}[next]\na = 1\n`, CWD)).toBe("[next]\na = 1\n");
    expect(withoutTrust(`#${table}`, CWD)).not.toBe("#");
  });

  test("a table that somebody else wrote is not taken away", () => {
    expect(withoutTrust(plain, CWD)).toBe(plain);
    expect(withoutTrust(`# mine\n\n${plain}`, CWD)).toBe(`# mine\n\n${plain}`);
  });

  test("holds any path that a folder can have", () => {
    const path = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => `/${text}`);
    const check = (cwd: string): void => {
      const after = textOf(withTrust("# kept\n", cwd));
      expect(Bun.TOML.parse(after)).toEqual({ projects: { [cwd]: { trust_level: "trusted" } } });
      expect(withoutTrust(after, cwd)).toBe("# kept\n");
    };
    fc.assert(fc.property(path, check), RUNS);
  });
});

describe("claude: the value taken out again", () => {
  const way = ["projects", CWD, "trust"];

  test("gives any document back to the byte", () => {
    const space = fc.constantFrom<number | string>(0, 1, 2, "\t");
    const projects = fc.constantFrom({}, { "/other": 1 }, { [CWD]: {} }, { [CWD]: { a: [] } });
    const check = (value: unknown, seen: object | undefined, indent: number | string): void => {
      const document = { ...Object(value), projects: seen };
      const text = JSON.stringify(document, null, indent);
      const kept = keysThere(text, way) ?? -1;
      expect(takeOut(setTrue(text, way) ?? "", way, kept)).toBe(text);
    };
    const some = fc.option(projects, { nil: undefined });
    fc.assert(fc.property(fc.jsonValue(), some, space, check), RUNS);
  });

  test("leaves what has come beside it, and what is not there", () => {
    const text = JSON.stringify({ projects: { [CWD]: { trust: true, history: [1] } } });
    const after = takeOut(text, way, 0) ?? "";
    expect(JSON.parse(after)).toEqual({ projects: { [CWD]: { history: [1] } } });
    expect(takeOut(after, way, 0)).toBe(after);
    expect(takeOut(`${text.slice(0, -1)} /* mine */}`, way, 0)).toBeNull();
    expect(takeOut("{", way, 0)).toBeNull();
  });
});

describe("the files", () => {
  let under: RuntimeUnderTest;
  const open = (name: string) => {
    under = openRuntime(name);
    return peerOf(under.runtime, { cwd: CWD });
  };
  beforeEach(() => void open("claude"));
  afterEach(() => under.remove());

  test("claude's is changed with its mode kept; missing, broken or not UTF-8 it is not", () => {
    const path = join(under.home, ".claude.json");
    const peer = peerOf(under.runtime, { cwd: CWD });
    const warnings = () => under.runtime.prepareFolder?.(peer).warnings;
    expect(warnings()).toEqual([]);
    expect(existsSync(path)).toBe(false);
    for (const text of ["{ broken", '{"a": "caf\u00e9"}']) {
      writeFileSync(path, text, "latin1");
      expect(warnings()).toEqual([]);
      expect(readFileSync(path, "latin1")).toBe(text);
    }
    writeFileSync(path, '{"a": 1}');
    chmodSync(path, 0o640);
    expect(warnings()).toEqual([]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      a: 1,
      projects: { [CWD]: { hasTrustDialogAccepted: true } },
    });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test.each([
    ["nothing", {}],
    ["a refusal", { projects: { at: { hasTrustDialogAccepted: false, x: 1 } } }],
    ["a person's own trust", { projects: { at: { hasTrustDialogAccepted: true } } }],
  ])("claude's goes back to %s when the peer goes", (_, before) => {
    const cwd = join(under.home, "at");
    mkdirSync(cwd);
    const path = join(under.home, ".claude.json");
    const text = JSON.stringify(before, null, 2).replace('"at"', JSON.stringify(cwd));
    writeFileSync(path, text);
    const peer = peerOf(under.runtime, { cwd });
    under.runtime.prepareFolder?.(peer);
    under.runtime.prepareFolder?.(peer);
    const trusted = { projects: { [cwd]: { hasTrustDialogAccepted: true } } };
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject(trusted);
    expect(under.runtime.forgetFolder?.(peer).warnings).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(under.runtime.forgetFolder?.(peer).warnings).toEqual([]);
  });

  test("claude's is found under another configuration folder of the peer", () => {
    const path = join(under.home, "c/.claude.json");
    mkdirSync(join(under.home, "c"));
    writeFileSync(path, "{}");
    const peer = peerOf(under.runtime, { cwd: CWD });
    under.runtime.prepareFolder?.(peer, { CLAUDE_CONFIG_DIR: join(under.home, "c") });
    expect(readFileSync(path, "utf8")).toContain("hasTrustDialogAccepted");
  });

  test("codex's is made when missing, and a symlink is left with a word about it", () => {
    under.remove();
    const peer = open("codex");
    const path = join(under.home, ".codex/config.toml");
    expect(under.runtime.prepareFolder?.(peer).warnings).toEqual([]);
    expect(Bun.TOML.parse(readFileSync(path, "utf8"))).toEqual({
      projects: { [CWD]: { trust_level: "trusted" } },
    });
    expect(under.runtime.forgetFolder?.(peer).warnings).toEqual([]);
    expect(existsSync(join(under.home, ".codex"))).toBe(false);
    const other = join(under.home, "other");
    mkdirSync(other);
    writeFileSync(join(other, "real.toml"), "a = 1\n");
    symlinkSync(join(other, "real.toml"), join(other, "config.toml"));
    const told = under.runtime.prepareFolder?.(peer, { CODEX_HOME: other }).warnings ?? [];
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("config.toml");
    expect(readFileSync(join(other, "real.toml"), "utf8")).toBe("a = 1\n");
  });
});

function textOf(edit: Edit): string {
  if (typeof edit !== "string") throw new Error(edit.leave);
  return edit;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
