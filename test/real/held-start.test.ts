// A held peer whose program is not there (service-manager contract), over the fake launchctl: said
// at once, told of while its holder waits, and up when the operator says so once it is there.

import { afterAll, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 60_000;
const user = new ServiceUser({ unprivileged: true });
const cannot = user.cannotRun();
if (cannot !== null) console.warn(`skipped a held peer's start: ${cannot}`);
const fake = new FakeLaunchd({ uid: user.uid, secondMs: 300 }, user.dir).open();

afterAll(async () => {
  if (cannot === null) user.leave();
  await fake.close();
  user.delete();
}, SLOW_MS);

const pid = () => fake.job(`gui/${user.uid}`, "com.iapeer.peer.late")?.pid ?? 0;

test.skipIf(cannot !== null)(
  "it is no crash loop: one holder, which waits, and starts it when it is asked",
  () => {
    user.write("r/config.json", JSON.stringify({ launchctl: fake.program }));
    user.must(["daemon", "install", "--manager", "launchd"]);
    const program = join(user.home, "late");
    const created = user.run(["create", "late", "--always-on", "--", program]);
    expect(created.out + created.err).toContain("it could not be started, and is tried again");
    const holder = pid();
    expect(holder).toBeGreaterThan(0);
    // Nobody has to wait for what is known to have failed.
    const begun = performance.now();
    expect(user.run(["start", "late"])).toMatchObject({ code: 1 });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(user.must(["status"])).toContain("could not be started");
    expect(user.must(["why", "late"])).toContain("A service manager holds it, and it is tried");
    user.write("late", "#!/bin/sh\nexec sleep 1000000\n");
    chmodSync(program, 0o755);
    user.must(["start", "late"]);
    expect(pid()).toBe(holder);
    expect(user.must(["list"])).toMatch(/^late +command +managed/m);
    expect(user.endsOf("late").length).toBeGreaterThan(1);
    user.must(["remove", "late", "--yes"]);
    user.must(["daemon", "uninstall", "--yes"]);
  },
  SLOW_MS,
);
