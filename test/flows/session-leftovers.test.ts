// What is left of a session whose server has died by itself (lifecycle §2, §5): ended once that
// life's end is on record, and never while it cannot be told who lives.

import { describe, expect, test } from "bun:test";
import { pathsOf } from "../../src/flows/session/records.ts";
import { endLeftovers } from "../../src/flows/session/teardown.ts";
import { renderEndRecord } from "../../src/formats/end-record.ts";
import { END } from "../formats/record-samples.ts";
import { SessionPlace, type PlaceOptions } from "./session-place.ts";

const end = (place: SessionPlace) => place.settle(endLeftovers(place.host, place.start));

/** Its server is dead; its pane has not heard the hangup yet. */
function orphaned(options: PlaceOptions = {}): SessionPlace {
  const place = new SessionPlace(options);
  place.kill(place.server.process);
  return place;
}

function expectUntouched(place: SessionPlace): void {
  expect(place.sent).toEqual([]);
  expect(place.pane.state).toBe("running");
  expect(place.end()).toBeNull();
}

describe("nothing is touched", () => {
  test("when it cannot be told whether the server lives", async () => {
    const place = new SessionPlace();
    place.hidden.add(place.server.process.ref.pid);
    expect(await end(place)).toBe("unknown");
    expectUntouched(place);
    expect(place.server.process.state).toBe("running");
  });

  test("when it cannot be told whether the pane's process lives", async () => {
    const place = orphaned({ stubborn: true });
    place.hidden.add(place.pane.ref.pid);
    expect(await end(place)).toBe("unknown");
    expectUntouched(place);
  });

  test("while the server lives", async () => {
    const place = new SessionPlace();
    expect(await end(place)).toBe("left");
    expectUntouched(place);
  });

  test("of a life of another boot", async () => {
    const place = orphaned({ stubborn: true, otherBoot: true });
    expect(await end(place)).toBe("ended");
    expectUntouched(place);
  });

  test("when there is no room for the record of that end", async () => {
    const place = orphaned({ stubborn: true });
    place.noRoomFor(Number.POSITIVE_INFINITY);
    expect(await end(place)).toBe("left");
    expectUntouched(place);
  });
});

describe("who ignored the hangup is ended", () => {
  test("the process in the pane", async () => {
    const place = orphaned({ stubborn: true });
    expect(await end(place)).toBe("ended");
    expect(place.pane.state).toBe("gone");
    expect(place.end()).toMatchObject({ ev: "server-exit", cause: "server-vanished" });
  });

  test("its child, when the pane's process has gone at once", async () => {
    const place = orphaned();
    const child = place.child();
    expect(await end(place)).toBe("ended");
    expect(child.state).toBe("gone");
    expect(place.sent).toEqual(["TERM child"]);
  });
});

test("of nobody that is left, nothing is recorded here", async () => {
  const place = orphaned();
  expect(await end(place)).toBe("ended");
  expect(place.sent).toEqual([]);
  expect(place.end()).toBeNull();
});

describe("a canary that is there", () => {
  test("says first how its server died", async () => {
    const place = orphaned({ stubborn: true });
    const canary = place.idleCanary();
    const { world, host, start } = place;
    const { identity, generation } = start;
    const record = renderEndRecord({ ...END, identity, generation });
    // Later than a hangup is waited for.
    world.time.schedule(150, () => {
      world.files.linkNew(pathsOf(host, start).end, record);
      world.table.exit(canary, { code: 0 });
    });
    expect(await end(place)).toBe("ended");
    expect(place.end()).toMatchObject({ by: "canary", waitRc: END.waitRc ?? 0 });
    expect(place.pane.state).toBe("gone");
  });

  test("and says nothing is not waited for for ever", async () => {
    const place = orphaned({ stubborn: true });
    const canary = place.idleCanary();
    expect(await end(place)).toBe("ended");
    expect(place.end()).toMatchObject({ by: "daemon", cause: "server-vanished" });
    expect(canary.state).toBe("running");
    expect(place.pane.state).toBe("gone");
  });
});
