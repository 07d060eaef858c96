// A daemon whose program was uninstalled under it, as from another root: what it cannot do any more
// is answered with why, and with what puts it right.

import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "../chaos/fleet.ts";

const CHECKOUT = Bun.fileURLToPath(new URL("../..", import.meta.url));

test("a verb that needs more of the program says that it is gone, until a restart", async () => {
  await using fleet = new Fleet();
  await fleet.create("ada", ["/bin/cat"]);
  expect(await fleet.cli(["install", "--from", CHECKOUT])).toMatchObject({ code: 0 });
  const installed = join(fleet.home, ".local/bin/iapeer");
  const started = Bun.spawn([installed, "daemon", "start"], {
    env: fleet.env,
    cwd: fleet.home,
    stdio: ["ignore", "ignore", "ignore"],
  });
  expect(await started.exited).toBe(0);
  rmSync(join(fleet.home, ".local/share/iapeer"), { recursive: true });
  const refused = await fleet.cli(["rename", "ada", "bob"]);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("the program that it runs from, ");
  expect(refused.err).toEndWith(", has been removed\n  next: iapeer daemon restart\n");
  expect(await fleet.cli(["daemon", "restart"])).toMatchObject({ code: 0 });
  expect(await fleet.cli(["rename", "ada", "bob"])).toMatchObject({ code: 0 });
  expect(await fleet.cli(["daemon", "stop"])).toMatchObject({ code: 0 });
}, 120_000);
