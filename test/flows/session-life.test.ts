// What is known of a life from its records (lifecycle §2, §5): a record that says nothing ends no
// living session, and another boot's pids are nobody's.

import { describe, expect, test } from "bun:test";
import type { StartRecord } from "../../src/core/generation.ts";
import { emptyIdentityDoc } from "../../src/core/identity-doc.ts";
import { isAllAlive, readLife } from "../../src/flows/session/life.ts";
import { pathsOf, writeStart } from "../../src/flows/session/records.ts";
import type { SocketProbe } from "../../src/ports/tmux.ts";
import { SessionPlace } from "./session-place.ts";

function life(place: SessionPlace, known: StartRecord | null = null) {
  const { identity, generation } = place.start;
  return readLife(place.host, { ...emptyIdentityDoc(identity), generation }, known);
}

describe("a record of an end that does not parse", () => {
  const torn = (place: SessionPlace) =>
    place.world.files.writeAtomic(pathsOf(place.host, place.start).end, '{"version":1,');

  test("leaves it unknown whether a living server is over", () => {
    const place = new SessionPlace();
    torn(place);
    expect(life(place)?.server).toBe("unknown");
  });

  test("is an end, once its server is dead", () => {
    const place = new SessionPlace();
    torn(place);
    place.kill(place.server.process);
    expect(life(place)).toMatchObject({ server: "dead", end: { cause: "unwitnessed" } });
  });
});

test("another boot's pids and start times are nobody's", () => {
  const place = new SessionPlace({ otherBoot: true });
  expect(place.host.processes.liveness(place.server.process.ref)).toBe("alive");
  expect(isAllAlive(place.host, place.start)).toBe(false);
  expect(life(place)).toMatchObject({ server: "dead", pane: "dead" });
});

describe("what is remembered of a start", () => {
  test("stands in for a record that cannot be read", () => {
    const place = new SessionPlace();
    place.world.files.denied.add(pathsOf(place.host, place.start).start);
    const known = life(place, place.start);
    expect(known).toMatchObject({ start: place.start, server: "alive", pane: "alive" });
  });

  test("stands in for a record that is gone", () => {
    const place = new SessionPlace();
    place.world.files.remove(pathsOf(place.host, place.start).start);
    const known = life(place, place.start);
    expect(known).toMatchObject({ start: place.start, server: "alive", pane: "alive" });
  });

  test("completes a record that a full disk kept from being completed", () => {
    const place = new SessionPlace();
    const { server: _server, pane: _pane, ...first } = place.start;
    writeStart(place.host, first);
    expect(life(place, place.start)).toMatchObject({ start: place.start, server: "alive" });
  });

  test("says nothing of another life", () => {
    const place = new SessionPlace();
    const known = { ...place.start, generation: "20990101T000000000Z-abcd" } as StartRecord;
    place.kill(place.server.process);
    expect(life(place, known)).toMatchObject({ start: place.start, server: "dead" });
  });
});

describe("without a record of its start, it may live on", () => {
  const seenBy = (place: SessionPlace, probed: SocketProbe) => {
    const { identity, generation } = place.start;
    const host = { ...place.host, tmux: { ...place.host.tmux, probe: () => probed } };
    return readLife(host, { ...emptyIdentityDoc(identity), generation })?.server;
  };

  test("when there is one that cannot be read, whatever its socket says", () => {
    const place = new SessionPlace();
    place.world.files.denied.add(pathsOf(place.host, place.start).start);
    expect(seenBy(place, "missing")).toBe("unknown");
  });

  test("when somebody answers on its socket, or that cannot be told", () => {
    const place = new SessionPlace();
    place.world.files.remove(pathsOf(place.host, place.start).start);
    place.world.files.writeAtomic(pathsOf(place.host, place.start).tmuxConf, "");
    const probes = ["answers", "unknown", "refused", "missing"] as const;
    const seen = probes.map((probed) => seenBy(place, probed));
    expect(seen).toEqual(["unknown", "unknown", "dead", "dead"]);
  });
});
