// A deliberate end (lifecycle §5): what it signals and in which order, what it records, what it
// leaves; and whom it must not touch.

import { describe, expect, test } from "bun:test";
import { lacksRoom } from "../../src/flows/session/make-way.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import { teardown } from "../../src/flows/session/teardown.ts";
import { SessionPlace } from "./session-place.ts";

const end = (place: SessionPlace) =>
  place.settle(teardown(place.host, { start: place.start, reason: "stop", by: "daemon" }));

test("of a life of another boot nobody is signalled", async () => {
  const place = new SessionPlace({ otherBoot: true });
  const canary = place.idleCanary();
  expect(await end(place)).toEqual({ state: "ended", owed: null });
  await place.pass(20);
  expect(place.sent).toEqual([]);
  for (const entry of [place.server.process, place.pane, canary]) {
    expect(entry.state).toBe("running");
  }
  expect(place.end()).toMatchObject({ ev: "teardown", verdict: { ours: true } });
  expect(place.end()?.verdict).not.toHaveProperty("signalId");
  expect(place.end()?.verdict).not.toHaveProperty("rssPeakKb");
});

describe("the recorder is dismissed", () => {
  test("before the server is asked to end", async () => {
    const place = new SessionPlace();
    const canary = await place.arm();
    await end(place);
    expect(place.sent.slice(0, 2)).toEqual(["TERM canary", "TERM server"]);
    expect(canary.state).toBe("gone");
  });

  test("so that our kill is no crash when there was no room for its record", async () => {
    const place = new SessionPlace({ stubborn: true });
    await place.arm();
    place.noRoomFor(1);
    expect(await end(place)).toEqual({ state: "ended", owed: null });
    expect(place.end()).toMatchObject({ ev: "teardown", reason: "stop", by: "daemon" });
  });

  test("once its pid is another's, that one is left alone", async () => {
    const place = new SessionPlace();
    const canary = place.idleCanary();
    place.kill(canary);
    place.world.table.rewind();
    const stranger = place.world.table.spawn({ kind: "stranger" });
    expect(stranger.ref.pid).toBe(canary.ref.pid);
    await end(place);
    expect(stranger.state).toBe("running");
  });
});

describe("the record", () => {
  test("that found no room is made once there is some", async () => {
    const place = new SessionPlace();
    place.noRoomFor(1);
    expect(await end(place)).toEqual({ state: "ended", owed: null });
    expect(place.end()).toMatchObject({ ev: "teardown", reason: "stop" });
    expect(place.events.filter(({ ev }) => ev === "teardown")).toHaveLength(1);
  });

  test("for which there is never room is owed", async () => {
    const place = new SessionPlace();
    place.noRoomFor(2);
    expect(await end(place)).toMatchObject({ state: "ended", owed: { reason: "stop" } });
    expect(place.server.process.state).toBe("gone");
  });

  test("names the signal that its server gets", async () => {
    const place = new SessionPlace();
    await end(place);
    const sent = place.events.find(({ ev }) => ev === "signal");
    expect(place.end()?.verdict.signalId).toBe(String(sent?.fields["id"]));
  });

  test("names no signal when its server is gone already", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    await end(place);
    expect(place.sent).not.toContain("TERM server");
    expect(place.end()).toMatchObject({ ev: "teardown", verdict: { ours: true } });
    expect(place.end()?.verdict).not.toHaveProperty("signalId");
  });
});

describe("who ignores the hangup is ended", () => {
  test("the process in the pane", async () => {
    const place = new SessionPlace({ stubborn: true });
    expect(await end(place)).toEqual({ state: "ended", owed: null });
    expect(place.pane.state).toBe("gone");
    expect(place.sent).toEqual(["TERM server", "TERM pane", "KILL pane"]);
  });

  test("its children", async () => {
    const place = new SessionPlace();
    const child = place.child();
    expect(await end(place)).toEqual({ state: "ended", owed: null });
    expect(child.state).toBe("gone");
  });

  test("also when it cannot be told whether it lives, and that is said", async () => {
    const place = new SessionPlace({ stubborn: true });
    place.hidden.add(place.pane.ref.pid);
    const { pid } = place.pane.ref;
    expect(await end(place)).toEqual({ state: "survived", pids: [pid], owed: null });
    expect(place.pane.state).toBe("gone");
  });
});

describe("the socket", () => {
  test("of a server that had to be killed is removed", async () => {
    const place = new SessionPlace();
    // It has heard TERM, and hangs.
    place.server.exiting = true;
    expect(await end(place)).toEqual({ state: "ended", owed: null });
    expect(place.sent).toContain("KILL server");
    expect(place.host.tmux.probe(place.socket)).toBe("missing");
  });

  test("on which somebody else answers stays", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    const other = place.boot("20990101T000000000Z-abcd");
    await end(place);
    expect(other.process.state).toBe("running");
    expect(place.host.tmux.probe(place.socket)).toBe("answers");
  });
});

test("one whose folder has been deleted is on record before anything is killed", async () => {
  const place = new SessionPlace();
  place.world.files.removeTree(pathsOf(place.host, place.start).dir);
  place.world.table.onSent = () => void place.sent.push(place.end() === null ? "owed" : "known");
  expect(await end(place)).toEqual({ state: "ended", owed: null });
  expect(place.sent[0]).toBe("known");
});

test("whether there is room for what comes next leaves nothing behind", () => {
  const place = new SessionPlace();
  const { dir } = pathsOf(place.host, place.start);
  const before = place.host.files.list(dir);
  expect(lacksRoom(place.host, place.start)).toBeNull();
  expect(place.host.files.list(dir)).toEqual(before);
});
