// The runtimes' own memory off and on again, in real files: to the byte, and never through what
// is somebody else's (memory-provider contract, "Native memory").

import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { turnNativeMemory } from "../../src/flows/provision/native-memory.ts";
import { must } from "../flows/root-host.ts";
import { Place } from "./place.ts";

interface Bench {
  readonly peer: RegistryEntry;
  readonly path: string;
  turn(wanted: "off" | "on"): string;
  write(text: string): void;
  read(): string;
}

const PATHS = { claude: ".claude/settings.json", codex: ".codex/config.toml" } as const;

async function benchOf(at: Place, runtime: keyof typeof PATHS): Promise<Bench> {
  const peer = must(await createPeer(at.host, { name: "ada", runtime })).entry;
  const path = join(peer.cwd, PATHS[runtime]);
  return {
    peer,
    path,
    turn: (wanted) =>
      turnNativeMemory(at.host, { peer, runtime: runtime as RuntimeName, wanted }).state,
    write: (text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    read: () => readFileSync(path, "utf8"),
  };
}

const TEXTS = {
  claude: [
    "",
    "{}",
    '{\n  "model": "x"\n}\n',
    '{\n  "autoMemoryEnabled": true,\n  "z": [1, 2]\n}',
    '{\n  // mine\n  "a": 1,\n}\n',
    '{"a":{"autoMemoryEnabled":true}}',
    '{\r\n\t"ü": "🌊"\r\n}\r\n',
  ],
  codex: [
    "",
    "# only a comment",
    'model = "x" # mine\n\n\n',
    "[features]\nmemories = true # why\n",
    "features = { a = true }\r\n",
    "[features]\n# c\nb = 1\n\n[z]\na = 1\n",
  ],
} as const;

describe.each(["claude", "codex"] as const)("%s", (runtime) => {
  test.each([...TEXTS[runtime]])("%j comes back to the byte, with its mode", async (before) => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    bench.write(before);
    chmodSync(bench.path, 0o640);
    expect(bench.turn("off")).toBe("turned");
    expect(bench.read()).not.toBe(before);
    expect(bench.turn("off")).toBe("already");
    expect(bench.turn("on")).toBe("turned");
    expect(bench.read()).toBe(before);
    expect(statSync(bench.path).mode & 0o777).toBe(0o640);
    expect(bench.turn("on")).toBe("already");
  });

  test("no file and no folder come back too", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    expect(bench.turn("off")).toBe("turned");
    expect(existsSync(bench.path)).toBe(true);
    expect(bench.turn("on")).toBe("turned");
    expect(existsSync(dirname(bench.path))).toBe(false);
  });

  test("a folder with something else in it stays", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    bench.turn("off");
    writeFileSync(join(dirname(bench.path), "other"), "");
    bench.turn("on");
    expect(existsSync(bench.path)).toBe(false);
    expect(existsSync(join(dirname(bench.path), "other"))).toBe(true);
  });

  test("a symlink, in place of the file or of its folder, is not written through", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    mkdirSync(at.path("mine"));
    const file = at.path(`mine/${PATHS[runtime].split("/")[1] ?? ""}`);
    writeFileSync(file, "");
    symlinkSync(at.path("mine"), dirname(bench.path));
    expect(bench.turn("off")).toBe("left");
    expect(readFileSync(file, "utf8")).toBe("");
  });

  test("what is no such file is left as it is", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    bench.write("= [ nonsense {");
    expect(bench.turn("off")).toBe("left");
    expect(bench.read()).toBe("= [ nonsense {");
  });
});

describe.each(["claude", "codex"] as const)("%s, and a file that is not understood", (runtime) => {
  test("what is not UTF-8 is left to the byte", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    const latin = Buffer.from(runtime === "codex" ? 'a = "\u00e9"\n' : '{"a": "\u00e9"}', "latin1");
    mkdirSync(dirname(bench.path), { recursive: true });
    writeFileSync(bench.path, latin);
    expect(bench.turn("off")).toBe("left");
    expect(readFileSync(bench.path).equals(latin)).toBe(true);
  });

  test("a file that is broken for the moment comes back to the byte later", async () => {
    using at = new Place();
    const bench = await benchOf(at, runtime);
    const before = runtime === "codex" ? "[features]\nx = true\n" : '{\n  "x": true\n}\n';
    bench.write(before);
    bench.turn("off");
    const off = bench.read();
    bench.write("= [ nonsense {");
    expect(bench.turn("on")).toBe("left");
    bench.write(off);
    expect(bench.turn("on")).toBe("turned");
    expect(bench.read()).toBe(before);
  });
});

test("a person's own off is turned on, and changes elsewhere meanwhile stay", async () => {
  using at = new Place();
  const claude = await benchOf(at, "claude");
  claude.write('{"autoMemoryEnabled": false}');
  expect(claude.turn("off")).toBe("already");
  expect(claude.turn("on")).toBe("turned");
  expect(claude.read()).toBe('{"autoMemoryEnabled": true}');
  claude.write('{\n  "a": 1\n}\n');
  claude.turn("off");
  claude.write(claude.read().replace('"a": 1', '"a": 1234567'));
  claude.turn("on");
  expect(claude.read()).toBe('{\n  "a": 1234567\n}\n');
});
