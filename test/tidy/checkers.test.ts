// The checkers of layers and bans on small samples: each finds the bad one and passes the good,
// so that a green tidy test means something.

import { describe, expect, test } from "bun:test";
import { BANS, checkBans } from "./bans.ts";
import { importsOf } from "./imports.ts";
import { LAYERS, checkLayers } from "./layers.ts";
import { mask } from "./mask.ts";
import type { Finding, SourceFile } from "./tree.ts";

const file = (path: string, text: string): SourceFile => ({ path, text });
const messages = (found: readonly Finding[]): string[] => found.map(({ message }) => message);

describe("mask", () => {
  test.each([
    ["a // b", "a     "],
    ["a /* b\nc */ d", "a     \n     d"],
    ['f("x // y")', 'f("      ")'],
    ["f('it\\'s') // z", "f('     ')     "],
    ["`a ${b(`c ${d} e`)} f`", "`  ${b(`  ${d}  `)}  `"],
    ["`${{ a: 1 }.a} x`", "`${{ a: 1 }.a}  `"],
    ['x = /["/]/.test(y) // "', "x = /    /.test(y)     "],
    ["a / b / c // d", "a / b / c     "],
    ["return /a'b/g;", "return /   /g;"],
  ])("%j", (text, code) => expect(mask(text).code).toBe(code));

  test("keeps strings where only comments are unwanted", () => {
    expect(mask('f("x") // y').uncommented).toBe('f("x")     ');
  });
});

describe("imports", () => {
  test("of every kind, and none out of comments and strings", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "./b.ts";',
      'import "./c.ts";',
      'export * from "./d.ts";',
      'const e = await import("./e.ts");',
      'new Worker(new URL("./f.ts", import.meta.url));',
      '// import "./g.ts";',
      "const h = 'import \"./h.ts\"';",
    ].join("\n");
    const found = importsOf(file("src/x.ts", text)).map(({ specifier }) => specifier);
    expect(found).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
  });
});

describe("layers", () => {
  test.each([
    ["src/core/a.ts", "../rules/b.ts", "core must not import rules"],
    ["src/rules/a.ts", "../formats/b.ts", "rules must not import formats"],
    ["src/flows/a.ts", "../effects/b.ts", "flows must not import effects"],
    ["src/flows/deep/a.ts", "../../daemon/b.ts", "flows must not import daemon"],
    ["src/runtimes/claude/a.ts", "../../effects/b.ts", "runtimes must not import effects"],
    ["src/cli/a.ts", "../daemon/b.ts", "cli must not import daemon"],
    ["src/cli/a.ts", "../wire.ts", "cli must not import wire.ts"],
    ["src/core/a.ts", "../../test/b.ts", "src imports test/b.ts"],
    ["src/novel/a.ts", "./b.ts", "src/novel is no layer"],
    ["src/cli/a.ts", "zod", "zod is imported in src/formats only"],
    ["src/formats/a.ts", "yargs-parser", "yargs-parser is imported in src/cli only"],
    ["src/flows/a.ts", "execa", "execa is imported in src/effects only"],
    ["src/formats/a.ts", "left-pad", "left-pad is not a dependency with a home"],
    ["src/rules/a.ts", "node:fs", "rules must not import node:fs"],
    ["src/flows/a.ts", "bun:sqlite", "flows must not import bun:sqlite"],
  ])("%s may not import %s", (path, specifier, message) => {
    const found = messages(checkLayers([file(path, `import { x } from "${specifier}";`)]));
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith(message);
  });
  test.each([
    ["src/rules/a.ts", "./b.ts"],
    ["src/rules/a.ts", "../core/b.ts"],
    ["src/flows/a.ts", "../rules/b.ts"],
    ["src/flows/a.ts", "node:path"],
    ["src/effects/a.ts", "execa"],
    ["src/effects/a.ts", "node:fs"],
    ["src/cli/tree/a.ts", "yargs-parser"],
    ["src/formats/a.ts", "zod/v4"],
    ["src/wire.ts", "./effects/b.ts"],
    ["src/main.ts", "./wire.ts"],
    ["src/main.ts", "../package.json"],
    ["test/rules/a.ts", "../../src/effects/b.ts"],
  ])("%s may import %s", (path, specifier) => {
    expect(checkLayers([file(path, `import { x } from "${specifier}";`)])).toEqual([]);
  });
  test("a failure says why, and what is allowed", () => {
    const [found] = checkLayers([file("src/flows/a.ts", 'import "../effects/b.ts";')]);
    expect(found?.message).toContain("so that they run over fakes");
    expect(found?.message).toContain("it may import core, rules, formats, ports");
  });
  test("no layer may import one that may import it", () => {
    for (const [name, { may }] of Object.entries(LAYERS))
      for (const other of may) expect(LAYERS[other]?.may ?? []).not.toContain(name);
  });
});

/** A banned sample for each ban, its home, and a look-alike that is fine. */
const SAMPLES: Readonly<Record<string, { bad: string[]; good: string[]; home?: string }>> = {
  "process.env": {
    bad: ["process.env.HOME", "const { env } = process;", 'Bun.env["A"]'],
    good: ["// process.env", '"process.env"', "process.environment", "host.facts.env"],
    home: "src/wire.ts",
  },
  "process.exit": { bad: ["process.exit(1)"], good: ["process.exitCode"], home: "src/main.ts" },
  "Date.now": {
    bad: ["Date.now()", "new Date()", "new Date( )", "new Date;", "Date()"],
    good: ["new Date(ms)", "type D = Date;", "Date.parse(x)"],
    home: "src/effects/clock.ts",
  },
  "performance.now": {
    bad: ["performance.now()", "process.hrtime.bigint()"],
    good: ["performance"],
    home: "src/effects/clock.ts",
  },
  "Math.random": {
    bad: ["Math.random()", "crypto.randomUUID()"],
    good: ["Math.round(1)"],
    home: "src/effects/ids.ts",
  },
  timers: {
    bad: ["setTimeout(f, 1)", "setInterval (f, 1)", "await Bun.sleep(5)"],
    good: ["clock.sleep(5)", "ReturnType<typeof setTimeout>"],
    home: "src/effects/clock.ts",
  },
  console: { bad: ["console.log(1)"], good: ["/* console.log */"], home: "src/cli/fail.ts" },
  "Bun.spawn": { bad: ["Bun.spawn(argv)"], good: ["exec.run(argv)"], home: "src/effects/exec.ts" },
  "a URL's path": {
    bad: ['new URL("./a.ts", import.meta.url).pathname'],
    good: ['Bun.fileURLToPath(new URL("./a.ts", import.meta.url))', "request.url.pathname"],
  },
  "shell: true": { bad: ["{ shell: true }", "{ shell:true }"], good: ["{ shell: false }"] },
  "empty catch": {
    bad: ["try { f() } catch {}", "try { f() } catch (e) { /* fine */ }", "p.catch(() => {})"],
    good: ["try { f() } catch { return null; }", "p.catch(() => null)"],
  },
  "matching by command line": {
    bad: ['run(["pkill", "-f", name])', 'run("pgrep")', "killall(x)"],
    good: ["// never pkill", "skill", "kill(pid)"],
    home: "scripts/bench/tick.ts",
  },
};

describe("bans", () => {
  const found = (path: string, text: string) => messages(checkBans([file(path, text)]));

  for (const [name, { bad, good, home }] of Object.entries(SAMPLES)) {
    test.each(bad)(`${name}: %s`, (text) => {
      const [first] = found("src/flows/a.ts", text);
      expect(first).toContain(`(${name}) is banned here; `);
      if (home !== undefined) expect(found(home, text)).toEqual([]);
    });
    test.each(good)(`not ${name}: %s`, (text) => {
      expect(found("src/flows/a.ts", text)).toEqual([]);
    });
  }
  test("a test that runs alone", () => {
    expect(found("test/a.test.ts", 'test.only("x", f)')).toHaveLength(1);
  });
  test("shell scripts are searched, their comments are not", () => {
    expect(found("scripts/run", "#!/bin/sh\n# no pkill\npkill x\n")).toHaveLength(1);
  });
  test("every ban has its samples", () => {
    const named = BANS.map(({ name }) => name).filter((name) => name !== "a test that runs alone");
    expect(named.toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
  });
});
