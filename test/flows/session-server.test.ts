// The server of a launch whose outcome is not known (lifecycle §2, §7): taken only with this
// generation's stamp, and waited for as long as a launch can take.

import { describe, expect, test } from "bun:test";
import { gone } from "../../src/core/process-ref.ts";
import { findServer, paneOf } from "../../src/flows/session/find-server.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";
import { SessionPlace } from "./session-place.ts";

const OTHER = "20990101T000000000Z-abcd";

const find = (place: SessionPlace) => place.settle(findServer(place.host, place.start));

const refsOf = ({ process, pane }: FakeServer) => ({
  server: process.ref,
  pane: pane.process.ref,
});

/** Nobody is on the socket. */
function vacant(): SessionPlace {
  const place = new SessionPlace();
  place.kill(place.server.process);
  return place;
}

/** A server comes up after so long. */
function bootAfter(place: SessionPlace, ms: number): () => FakeServer {
  let booted: FakeServer | null = null;
  place.world.time.schedule(ms, () => {
    booted = place.boot(place.start.generation);
  });
  return () => {
    if (booted === null) throw new Error("it has not come up");
    return booted;
  };
}

describe("who answers", () => {
  test("with this generation's stamp is it", async () => {
    const place = new SessionPlace();
    expect(await find(place)).toEqual(refsOf(place.server));
  });

  test.each([OTHER, null])("with the stamp %p is not", async (stamp) => {
    const place = vacant();
    const other = place.boot(stamp);
    expect(await find(place)).toBe("nobody");
    expect(other.process.state).toBe("running");
  });
});

describe("a server that is not there yet", () => {
  test("comes up after its client is gone", async () => {
    const place = vacant();
    const server = bootAfter(place, 1500);
    expect(await find(place)).toEqual(refsOf(server()));
  });

  test("is waited for while its launcher lives", async () => {
    const place = vacant();
    place.idleCanary();
    const server = bootAfter(place, 8000);
    expect(await find(place)).toEqual(refsOf(server()));
  });

  test("is waited for while it cannot be told whether its launcher lives", async () => {
    const place = vacant();
    place.hidden.add(place.idleCanary().ref.pid);
    const server = bootAfter(place, 8000);
    expect(await find(place)).toEqual(refsOf(server()));
  });

  test("is given up some time after its launcher has ended", async () => {
    const place = vacant();
    place.kill(place.idleCanary());
    const begun = place.world.time.mono();
    expect(await find(place)).toBe("nobody");
    expect(place.world.time.mono() - begun).toBeLessThan(3000);
  });

  test("is not waited for for ever, whoever its launcher is", async () => {
    const place = vacant();
    place.idleCanary();
    expect(await find(place)).toBe("nobody");
  });
});

describe("the process in a pane", () => {
  test("is its server's child", () => {
    const { host, server, pane } = new SessionPlace();
    expect(paneOf(host, server.process.ref, pane.ref.pid)).toEqual(pane.ref);
  });

  test("is gone when somebody else has its pid", () => {
    const { host, server, world } = new SessionPlace();
    const { pid } = world.table.spawn({ kind: "stranger" }).ref;
    expect(paneOf(host, server.process.ref, pid)).toEqual(gone(pid));
  });

  test("is taken at its word where no children are told", () => {
    const { host, server, pane } = new SessionPlace();
    host.processes.parent = () => null;
    host.processes.descendants = () => [];
    expect(paneOf(host, server.process.ref, pane.ref.pid)).toEqual(pane.ref);
  });
});
