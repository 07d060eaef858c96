// The two commands of a stranger, ./scripts/run and ./scripts/test: read as text by the shells
// that there are, and executed where that sets nothing up. The proof in a fresh root is made by
// hand (docs/decisions/0013-two-commands.md).

import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = Bun.fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const SCRIPTS = ["scripts/run", "scripts/test", "scripts/setup.sh"];
const TIMEOUT_MS = 60_000;

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(argv: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const child = Bun.spawn(argv, {
    cwd: options.cwd ?? PROJECT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const exit = await child.exited;
  return { exit, out, err } satisfies Ran;
}

describe("as text", () => {
  const shells = ["sh", "dash", "bash"].filter((shell) => Bun.which(shell) !== null);
  const cases = SCRIPTS.flatMap((script) => shells.map((shell) => [shell, script] as const));

  test.each(cases)("%s -n %s", async (shell, script) => {
    expect(await run([shell, "-n", script])).toEqual({ exit: 0, out: "", err: "" });
  });

  test("bash -n .ci/run", async () => {
    expect((await run(["bash", "-n", ".ci/run"])).exit).toBe(0);
  });

  test.each(["scripts/run", "scripts/test", ".ci/run"])("%s can be executed", (script) => {
    expect(statSync(join(PROJECT, script)).mode & 0o111).toBe(0o111);
  });

  test("the version of bun is the one that package.json asks for", () => {
    const { engines } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
    const [, version] = /^BUN_VERSION=(.+)$/m.exec(readSetup()) ?? [];
    expect(engines.bun).toBe(`>=${version}`);
  });
});

const readSetup = (): string => readFileSync(join(PROJECT, "scripts/setup.sh"), "utf8");

describe("at_least", () => {
  test.each([
    ["1.4.5", "1.4.5", true],
    ["1.4.10", "1.4.5", true],
    ["2.0.0", "1.4.5", true],
    ["1.5.0-canary.3+abc", "1.4.5", true],
    ["1.4.4", "1.4.5", false],
    ["1.3.99", "1.4.5", false],
    ["0.9.9", "1.4.5", false],
  ])("%s >= %s: %p", async (have, need, answer) => {
    const script = '. "$1"; at_least "$2" "$3"';
    const ran = await run(["sh", "-c", script, "sh", "scripts/setup.sh", have, need]);
    expect(ran.exit === 0).toBe(answer);
  });
});

/** A checkout of its own, with programs that only pretend, so that nothing is installed. */
function checkout(): { root: string; bin: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "iapeer setup ")));
  for (const folder of ["scripts", "src", "bin"]) mkdirSync(join(root, folder));
  for (const script of SCRIPTS) cpSync(join(PROJECT, script), join(root, script));
  const bin = join(root, "bin");
  for (const name of ["tmux", "ps", "python3", "setsid", "mount", "bash", "zsh", "fish", "cc"]) {
    program(join(bin, name), "exit 0");
  }
  return { root, bin };
}

function program(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

const bunThatSays = (version: string): string =>
  `[ "$1" = --version ] && echo ${version} && exit 0\necho "bun ${version}: $*"`;

/** Pretends to install: puts a bun where npm would, or a placeholder beside the real one. */
const npmThatInstalls = (placeholder: boolean): string => {
  const answer = '[ \\"\\$1\\" = --version ] && echo 1.4.5 && exit\\necho own: \\$*\\n';
  const real = `printf "#!/bin/sh\\n${answer}"`;
  const shown = placeholder ? 'printf "#!/bin/sh\\nexit 1\\n"' : real;
  return [
    'while [ "$1" != --prefix ]; do shift; done',
    'echo "npm installs $*" >&2',
    'mkdir -p "$2/node_modules/.bin" "$2/node_modules/@oven/bun-linux-x64/bin"',
    `${shown} > "$2/node_modules/.bin/bun"`,
    `${real} > "$2/node_modules/@oven/bun-linux-x64/bin/bun"`,
    'chmod +x "$2/node_modules/.bin/bun" "$2/node_modules/@oven/bun-linux-x64/bin/bun"',
  ].join("\n");
};

async function withCheckout(body: (at: { root: string; bin: string }) => Promise<void>) {
  const at = checkout();
  try {
    await body(at);
  } finally {
    rmSync(at.root, { recursive: true, force: true });
  }
}

const pathOf = (bin: string): { env: Record<string, string> } => {
  // The tools of a minimal system, and neither bun nor npm of this one.
  const tools = ["sh", "dirname", "id", "uname", "env", "awk", "mkdir", "ln", "printf", "chmod"];
  for (const tool of tools) {
    const found = Bun.which(tool);
    if (found === null || existsSync(join(bin, tool))) continue;
    program(join(bin, tool), `exec ${found} "$@"`);
  }
  return { env: { PATH: bin } };
};

describe("setting up", () => {
  test(
    "takes the bun that is there, and passes all arguments on",
    () =>
      withCheckout(async ({ root, bin }) => {
        program(join(bin, "bun"), bunThatSays("1.4.5"));
        const ran = await run([join(root, "scripts/run"), "--keep", "a b"], pathOf(bin));
        expect(ran.err).toBe("bun 1.4.5: install --frozen-lockfile --silent\n");
        expect(ran.out).toBe(`bun 1.4.5: ${root}/src/main.ts demo --keep a b\n`);
        expect(existsSync(join(root, ".bun"))).toBe(false);
      }),
    TIMEOUT_MS,
  );

  test.each([
    ["too old", "1.3.0", false],
    ["too old, and npm runs no install scripts", "1.3.0", true],
    ["none", null, false],
  ])(
    "a bun that is %s: gets its own, once",
    (_, version, placeholder) =>
      withCheckout(async ({ root, bin }) => {
        if (version !== null) program(join(bin, "bun"), bunThatSays(version));
        program(join(bin, "npm"), npmThatInstalls(placeholder));
        const first = await run([join(root, "scripts/test"), "--list"], pathOf(bin));
        expect(first).toMatchObject({ exit: 0, out: "own: scripts/test.ts --list\n" });
        expect(first.err).toContain("npm installs --prefix");
        if (version !== null) expect(first.err).toContain("is not bun 1.4.5 or newer");
        const second = await run([join(root, "scripts/test"), "--list"], pathOf(bin));
        expect(second).toMatchObject({ exit: 0, out: "own: scripts/test.ts --list\n" });
        expect(second.err).not.toContain("npm installs");
      }),
    TIMEOUT_MS,
  );

  test(
    "without anything to fetch bun with: says what to do",
    () =>
      withCheckout(async ({ root, bin }) => {
        const ran = await run([join(root, "scripts/run")], pathOf(bin));
        expect(ran.exit).toBe(1);
        expect(ran.err).toContain("neither npm nor curl");
        expect(ran.err).toContain("next: ");
      }),
    TIMEOUT_MS,
  );

  test(
    "a program that is missing: says which, and how to get it",
    () =>
      withCheckout(async ({ root, bin }) => {
        program(join(bin, "bun"), bunThatSays("1.4.5"));
        rmSync(join(bin, "tmux"));
        const ran = await run([join(root, "scripts/run")], pathOf(bin));
        expect(ran.exit).toBe(1);
        expect(ran.err).toContain("not on this machine: tmux");
        const listed = await run([join(root, "scripts/test"), "--list"], pathOf(bin));
        expect({ exit: listed.exit, err: listed.err }).toEqual({ exit: 0, err: "" });
        const log = join(root, "apt.log");
        const apt = [
          `echo "$*" >> "${log}"`,
          '[ "$1" = update ] || [ -e "${0%/*}/lists" ] || { echo no such package; exit 100; }',
          'if [ "$1" = update ]; then echo > "${0%/*}/lists"; exit 0; fi',
          'echo "Selecting previously unselected package"',
          'printf "#!/bin/sh\\n" > "${0%/*}/tmux"',
        ];
        program(join(bin, "apt-get"), apt.join("\n"));
        program(join(bin, "sudo"), 'shift; exec "$@"');
        const third = await run([join(root, "scripts/run")], pathOf(bin));
        expect(third.exit).toBe(0);
        expect(third.err).toContain("apt-get install -y -q --no-install-recommends tmux\n");
        expect(third.err).not.toContain("no such package");
        expect(third.err).not.toContain("Selecting");
        const asked = readFileSync(log, "utf8").split("\n").map((line) => line.split(" ")[0]);
        expect(asked).toEqual(["install", "update", "install", ""]);
        for (const name of ["tmux", "apt-get"]) rmSync(join(bin, name));
        program(join(bin, "brew"), 'echo "brew $*" && printf "#!/bin/sh\\n" > "${0%/*}/tmux"');
        const again = await run([join(root, "scripts/run")], pathOf(bin));
        expect(again.exit).toBe(0);
        expect(again.err).toContain("brew install tmux");
      }),
    TIMEOUT_MS,
  );
});

describe("the suite", () => {
  test(
    "lists its stages",
    async () => {
      const { exit, out } = await run([process.execPath, "scripts/test.ts", "--list"]);
      expect(exit).toBe(0);
      expect(out.split("\n")).toContain("formats");
    },
    TIMEOUT_MS,
  );

  test.each([[["--only", "nonsense"]], [["--seeds", "many"]], [["--frobnicate"]]])(
    "%p is refused",
    async (words) => {
      const { exit, err } = await run([process.execPath, "scripts/test.ts", ...words]);
      expect(exit).toBe(2);
      expect(err).toContain("--only NAME");
    },
    TIMEOUT_MS,
  );
});
