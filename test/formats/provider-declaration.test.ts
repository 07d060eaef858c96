// `memory-provider.json` (memory-provider contract, "The slot"): the table row by row, and files
// that no provider should have written.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ProviderDeclaration } from "../../src/core/provider.ts";
import { parseProviderDeclaration } from "../../src/formats/provider-declaration.ts";

const V1 = { provider: "acme", package: "@acme/memory", version: "1.2.3" };
const PLUGIN = { name: "memory", marketplace: "acme", marketplaceRef: "acme/plugins" };
const COMMAND = { command: "/opt/acme/bin/memory", args: ["on", "--cwd={cwd}"] };

const parse = (value: unknown) =>
  parseProviderDeclaration(typeof value === "string" ? value : JSON.stringify(value));

const declared = (value: unknown) => {
  const read = parse(value);
  if (read.state !== "declared") throw new Error(`ignored: ${read.reason}`);
  return read;
};

const reason = (value: unknown): string => {
  const read = parse(value);
  return read.state === "ignored" ? read.reason : "not ignored";
};

describe("what is declared", () => {
  const WHOLE: readonly (readonly [string, ProviderDeclaration])[] = [
    ["v1", V1],
    ["v1 with all of it", { ...V1, registeredAt: "2026-01-02T03:04:05Z", heartbeat: "/run/acme" }],
    ["v1.1", { ...V1, plugin: PLUGIN }],
    ["v1.2", { ...V1, provision: COMMAND, unprovision: { command: "/bin/true", args: [] } }],
    ["v1.2 in one direction, beside a plugin", { ...V1, plugin: PLUGIN, provision: COMMAND }],
  ];

  test.each(WHOLE)("%s comes back as it is", (_, declaration) => {
    expect(parse(declaration)).toEqual({ state: "declared", declaration, ignored: [] });
  });

  test("fields that this version does not know are passed over in silence", () => {
    expect(declared({ ...V1, recall: { command: 7 } }).ignored).toEqual([]);
    expect(declared({ ...V1, recall: 1 }).declaration).toEqual(V1);
  });

  test("a byte order mark is tolerated", () => {
    expect(declared(`\uFEFF${JSON.stringify(V1)}`).declaration).toEqual(V1);
  });
});

describe("an empty slot", () => {
  test.each(["provider", "package", "version"])("without %s, or with an empty one", (key) => {
    for (const value of [undefined, "", "  ", null, 7, [], {}, "a\0b"]) {
      const read = reason({ ...V1, [key]: value });
      expect(read).toStartWith(`${key}: `);
    }
  });

  test("names everything that is missing", () => {
    expect(reason({})).toBe(
      "provider: expected text that is not empty, found nothing; " +
        "package: expected text that is not empty, found nothing; " +
        "version: expected text that is not empty, found nothing",
    );
  });

  test.each([
    ["nothing at all", "", "the file is empty"],
    ["half a document", '{"provider": "acme"', "not JSON"],
    ["a list", "[]", "expected an object"],
    ["text", '"acme"', "expected an object"],
    ["NUL bytes", `${JSON.stringify(V1)}\0`, "not JSON"],
    ["only NUL bytes", "\0\0\0", "not JSON"],
    ["deep nesting", `${"[".repeat(60_000)}`, "deeper than 16 levels"],
    ["deep nesting that is JSON", deep(17), "deeper than 16 levels"],
    ["a comment", `// mine\n${JSON.stringify(V1)}`, "not JSON"],
  ])("of a file with %s", (_, text, why) => {
    expect(reason(text)).toContain(why);
  });

  test("16 levels are not too many", () => {
    expect(declared(deep(16)).declaration).toEqual(V1);
  });
});

function deep(levels: number): string {
  const inner = `${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}`;
  return `${JSON.stringify(V1).slice(0, -1)}, "more": ${inner}}`;
}

describe("a block that counts as absent", () => {
  const BLOCKS: readonly (readonly [string, unknown, string])[] = [
    ["plugin", "acme", "expected an object"],
    ["plugin", { ...PLUGIN, name: "" }, "name: "],
    ["plugin", { name: "a", marketplace: "b" }, "marketplaceRef: "],
    ["plugin", { ...PLUGIN, marketplace: ["acme"] }, "marketplace: "],
    ["provision", null, "expected an object, found null"],
    ["provision", [COMMAND], "expected an object, found a list"],
    ["provision", { args: [] }, "command: expected text"],
    ["provision", { command: "acme", args: [] }, "command: expected an absolute path"],
    ["provision", { command: "./acme", args: [] }, "command: expected an absolute path"],
    ["provision", { command: "~/acme", args: [] }, "command: expected an absolute path"],
    ["provision", { command: "/a\0b", args: [] }, "command: it holds a NUL character"],
    ["provision", { command: "/acme" }, "args: expected a list, found nothing"],
    ["provision", { command: "/acme", args: "on" }, "args: expected a list"],
    ["provision", { command: "/acme", args: ["on", 7] }, "args[1]: expected text, found 7"],
    ["provision", { command: "/acme", args: ["a\0"] }, "args[0]: expected text, found a NUL"],
    ["unprovision", { command: "/acme", args: { 0: "off" } }, "args: expected a list"],
    ["heartbeat", "run/beat", "expected an absolute path"],
    ["heartbeat", 7, "expected text"],
    ["registeredAt", "yesterday", "expected an ISO date"],
    ["registeredAt", "2026-13-45", "expected an ISO date"],
    ["registeredAt", 1_700_000_000, "expected an ISO date"],
  ];

  test.each(BLOCKS)("%s: %j, and the rest stands", (part, value, why) => {
    const kept = part === "plugin" ? { unprovision: COMMAND } : { plugin: PLUGIN };
    const { declaration, ignored } = declared({ ...V1, ...kept, [part]: value });
    expect(declaration).toEqual({ ...V1, ...kept });
    expect(ignored).toHaveLength(1);
    expect(ignored[0]?.part).toBe(part);
    expect(ignored[0]?.reason).toStartWith(why);
  });
});

describe("keys", () => {
  test("that are there twice are told, wherever they are, and the last one counts", () => {
    const text =
      '{"provider": "a", "package": "p", "provider": "b", "version": "1", "provision": ' +
      '{"command": "/x", "command": "/y", "args": [{"k": 1}, {"k": 2}], "args": []}}';
    const { declaration, ignored } = declared(text);
    expect(declaration.provider).toBe("b");
    expect(declaration.provision).toEqual({ command: "/y", args: [] });
    const why = "the key is there more than once; the last one counts";
    expect(ignored).toEqual(
      ["provider", "provision.command", "provision.args"].map((part) => ({ part, reason: why })),
    );
  });

  test("that are escaped are the same keys", () => {
    const { ignored } = declared(`${JSON.stringify(V1).slice(0, -1)}, "pro\\u0076ider": "b"}`);
    expect(ignored.map(({ part }) => part)).toEqual(["provider"]);
  });

  test("__proto__ and its like declare nothing, and reach nobody", () => {
    const inherited = `{"__proto__": ${JSON.stringify({ ...V1, provision: COMMAND })}}`;
    expect(reason(inherited)).toContain("provider: expected text");
    const more = '"__proto__": {"plugin": {}, "polluted": 1}';
    const beside = `${JSON.stringify(V1).slice(0, -1)}, ${more}}`;
    expect(declared(beside)).toEqual({ state: "declared", declaration: V1, ignored: [] });
    expect("polluted" in {}).toBe(false);
    expect(reason({ constructor: V1, toString: "x" })).toContain("provider: ");
  });

  test("a heap of repeated ones is not listed one by one", () => {
    const many = Array.from({ length: 500 }, () => '"k": 1').join(", ");
    const odd = Array.from({ length: 50 }, (_, i) => `"x${i}": 1, "x${i}": 2`).join(", ");
    const { ignored } = declared(`${JSON.stringify(V1).slice(0, -1)}, ${many}, ${odd}}`);
    expect(ignored).toHaveLength(8);
  });
});

test("no text makes it throw, and whatever is declared holds what the contract asks", () => {
  const word = fc.oneof(fc.constantFrom("acme", "/acme", "", "a\0"), fc.string());
  const block = fc.oneof(
    fc.jsonValue(),
    fc.record({ command: word, args: fc.oneof(fc.array(word), fc.jsonValue()) }),
    fc.record({ name: word, marketplace: word, marketplaceRef: word }),
  );
  const file = fc.dictionary(
    fc.constantFrom(...Object.keys(V1), "plugin", "provision", "unprovision", "__proto__"),
    fc.oneof(word, block),
  );
  const text = fc.oneof(
    file.map((value) => JSON.stringify(value)),
    file.map((value) => JSON.stringify({ ...V1, ...value })),
    fc.string({ maxLength: 200 }),
  );
  const check = (source: string): void => {
    const read = parseProviderDeclaration(source);
    if (read.state === "ignored") return expect(read.reason).not.toBe("");
    const { provider, version, provision, unprovision, heartbeat } = read.declaration;
    expect(provider.trim() !== "" && version.trim() !== "").toBe(true);
    for (const command of [provision, unprovision]) {
      if (command === undefined) continue;
      expect([command.command, ...command.args].join("")).not.toContain("\0");
      expect(command.command).toStartWith("/");
    }
    if (heartbeat !== undefined) expect(heartbeat).toStartWith("/");
  };
  fc.assert(fc.property(text, check), { seed: 20260405, numRuns: 1500 });
});
