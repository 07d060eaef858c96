// stdout as a full disk, a slow reader and a reader that never reads: nothing is lost in silence.

import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MAIN, Program, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
afterAll(() => program.close(), SLOW_MS);

const CHANNEL = Bun.fileURLToPath(new URL("../../src/cli/channel.ts", import.meta.url));
const BYTES = 900_000;
/** A verb that somebody may interrupt writes through a stream. */
const WRITER = `
  import { Channel } from ${JSON.stringify(CHANNEL)};
  const out = new Channel({
    fd: 1,
    stream: () => process.stdout,
    isInterruptible: () => true,
    onGone: () => {},
    onFailed: () => {},
    asked: new AbortController().signal,
  });
  for (let i = 0; i < 3; i++) out.write("x".repeat(${BYTES / 3}));
  process.exit((await out.flush()) === null ? 0 : 7);
`;

async function shell(script: string): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(["/bin/sh", "-c", script], {
    env: { ...process.env, BUN: process.execPath, MAIN, WRITER, IAPEER_ROOT: program.root },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    child.stdout.text(),
    child.stderr.text(),
  ]);
  return { code, out: out.trim(), err };
}

test("a slow reader gets all of what a stream was given", async () => {
  const { out } = await shell('"$BUN" -e "$WRITER" | { sleep 0.5; wc -c; }');
  expect(Number(out)).toBe(BYTES);
}, SLOW_MS);

test("a reader that leaves early is no failure", async () => {
  const { out } = await shell('{ "$BUN" -e "$WRITER"; echo "code $?" >&2; } 2>&1 | head -c 1');
  expect(out).toBe("x");
}, SLOW_MS);

test.if(existsSync("/dev/full")).each(["--help", "list --json", "--version", "__complete ''"])(
  "%s into a full disk says so by its exit code",
  async (words) => {
    const { code, err } = await shell(`"$BUN" "$MAIN" ${words} > /dev/full`);
    expect(code).toBe(1);
    if (!words.startsWith("_") && words !== "--version") expect(err).toContain("ENOSPC");
    expect(err).not.toContain("at completion");
  },
  SLOW_MS,
);

test.if(existsSync("/dev/full"))("a stream into a full disk tells of it, too", async () => {
  expect(await shell('"$BUN" -e "$WRITER" > /dev/full')).toMatchObject({ code: 7 });
}, SLOW_MS);

test.if(existsSync("/dev/full"))("following ends when nothing more can be written", async () => {
  expect(await program.run(["create", "full", "--", "/bin/cat"])).toMatchObject({ code: 0 });
  await Bun.write(join(program.root, "logs/iapeer/panes/command-full.log"), "a line\n");
  const { code, err } = await shell('"$BUN" "$MAIN" logs full -f > /dev/full');
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("ENOSPC") });
}, SLOW_MS);

test("a reader that never reads does not keep what is asked to end", async () => {
  expect(await program.run(["create", "echo", "--", "/bin/cat"])).toMatchObject({ code: 0 });
  const log = join(program.root, "logs/iapeer/panes/command-echo.log");
  await Bun.write(log, `${"y".repeat(99)}\n`.repeat(20));
  const pidOf = async (name: string) => Number(await Bun.file(join(program.home, name)).text());
  const ended = shell(`
    cd '${program.home}'
    { "$BUN" "$MAIN" logs echo -f & echo $! > writer; wait $!; echo "code $?" >&2; } |
    /bin/sh -c 'echo $$ > reader; exec sleep 1000'
  `);
  try {
    await until("both", () =>
      ["reader", "writer"].every((name) => existsSync(join(program.home, name))),
    );
    await Bun.sleep(1000);
    await Bun.write(log, `${"y".repeat(99)}\n`.repeat(20_000));
    await Bun.sleep(800);
    const writer = await pidOf("writer");
    process.kill(writer, "SIGTERM");
    await until("its end", () => !isThere(writer));
  } finally {
    process.kill(await pidOf("reader"), "SIGKILL");
  }
  expect((await ended).err).toContain("code 0");
}, SLOW_MS);

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // Nobody has this pid any more.
  }
}
