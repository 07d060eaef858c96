// By whom a life was ended (lifecycle §5): a verb that does it itself, since no daemon runs, says
// so in the record.

import { expect, test } from "bun:test";

import { Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

test("a stop is the daemon's, or the command's own", async () => {
  await using fleet = new Fleet();
  const one = await fleet.create("one", ["/bin/cat"]);
  const other = await fleet.create("other", ["/bin/cat"]);
  await fleet.startDaemon();
  for (const peer of [one, other]) await fleet.wake(peer);
  const stop = (personality: typeof one) => ({ personality, verb: "stop", request: {} }) as const;
  await fleet.app.client.verb(stop(one));
  await fleet.killDaemon();
  expect(await fleet.app.client.verb(stop(other))).toMatchObject({ state: "no-daemon" });
  expect(await fleet.app.direct.verb(stop(other))).toMatchObject({ value: { result: "done" } });
  expect(fleet.ends(one)).toMatchObject([{ ev: "teardown", reason: "stop", by: "daemon" }]);
  expect(fleet.ends(other)).toMatchObject([{ ev: "teardown", reason: "stop", by: "cli" }]);
  await fleet.startDaemon();
  await mustHold(fleet);
}, 60_000);
