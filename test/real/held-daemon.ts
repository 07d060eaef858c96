// An ordinary user whose daemon launchd holds, over the fake launchctl, from before the first test
// of a file to after its last one.

import { afterAll, beforeAll } from "bun:test";
import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { ServiceUser } from "./service-user.ts";

/** `what` is skipped, aloud, where that user cannot run this checkout. */
export function heldDaemon(what: string, spec: { secondMs: number; boundMs: number }) {
  const user = new ServiceUser({ unprivileged: true });
  const cannot = user.cannotRun();
  if (cannot !== null) console.warn(`skipped ${what}: ${cannot}`);
  const fake = new FakeLaunchd({ uid: user.uid, secondMs: spec.secondMs }, user.dir).open();
  beforeAll(() => {
    if (cannot !== null) return;
    user.write("r/config.json", JSON.stringify({ launchctl: fake.program }));
    user.must(["daemon", "install", "--manager", "launchd"]);
  }, spec.boundMs);
  afterAll(async () => {
    if (cannot === null) user.leave();
    await fake.close();
    user.delete();
  }, spec.boundMs);
  return { user, fake, isSkipped: cannot !== null };
}
