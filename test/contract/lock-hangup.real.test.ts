// The library behind the lock listens to SIGHUP: what nohup has started must live on all the
// same, and everything else still ends.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "iap-hup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LOCK = Bun.fileURLToPath(new URL("../../src/effects/lock.ts", import.meta.url));
const LOCKER = `
  import { createLock } from ${JSON.stringify(LOCK)};
  await createLock().withLock(process.argv.at(-1), async () => undefined);
  process.on("SIGUSR1", () => process.exit(0));
  process.stdout.write("locked\\n");
  setTimeout(() => process.exit(3), 20_000);
`;

/** How it ends: after a hangup, and then USR1. */
async function hungUp(before: readonly string[]) {
  const argv = [...before, process.execPath, "-e", LOCKER, join(folder, "file")];
  const child = Bun.spawn(argv, { stdio: ["ignore", "pipe", "pipe"] });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe("locked\n");
  child.kill("SIGHUP");
  await Promise.race([child.exited, Bun.sleep(300)]);
  child.kill("SIGUSR1");
  await child.exited;
  return { code: child.exitCode, signal: child.signalCode };
}

test("what nohup has started lives on", async () => {
  expect(await hungUp(["nohup"])).toEqual({ code: 0, signal: null });
});

test("everything else ends", async () => {
  expect(await hungUp([])).toEqual({ code: null, signal: "SIGHUP" });
});
