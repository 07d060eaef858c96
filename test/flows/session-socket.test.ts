// A free socket path before a launch, and one canary a life (lifecycle §6, §7): what is ours and
// dead is cleared away, a stranger's is never touched, and what cannot be told stays.

import { describe, expect, test } from "bun:test";
import { armCanary } from "../../src/flows/session/canary.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import { freeSocket } from "../../src/flows/session/socket.ts";
import { SessionPlace } from "./session-place.ts";

/** Nothing is remembered of a last life. */
const free = (place: SessionPlace) => {
  const last = { socket: place.socket, start: null };
  return place.settle(freeSocket(place.host, place.start.identity, last));
};

const FREE = { ok: true, value: undefined } as const;

describe("a path on which", () => {
  test("a server answers that is not ours is not free, and the server lives on", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    const stranger = place.boot(null);
    expect(await free(place)).toMatchObject({ ok: false, error: { cause: "foreign-server" } });
    await place.pass(20);
    expect(stranger.process.state).toBe("running");
    expect(place.sent).toEqual([]);
  });

  test("a server of ours answers is free once that one is gone", async () => {
    const place = new SessionPlace();
    expect(await free(place)).toEqual(FREE);
    expect(place.server.process.state).toBe("gone");
    expect(place.end()).toMatchObject({ ev: "teardown", reason: "preclean" });
  });

  test("nobody answers any more is free, and the dead socket is removed", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    expect(place.host.tmux.probe(place.socket)).toBe("refused");
    expect(await free(place)).toEqual(FREE);
    expect(place.host.tmux.probe(place.socket)).toBe("missing");
  });

  test("a dead server's child held on to the socket is free, and no stranger's", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    const { tmux } = place.host;
    const probe = tmux.probe.bind(tmux);
    let looks = 0;
    tmux.probe = (socket) => ((looks += 1) === 1 ? "answers" : probe(socket));
    expect(await free(place)).toEqual(FREE);
    expect(place.host.tmux.probe(place.socket)).toBe("missing");
  });

  test("a stranger comes and goes is looked at a few times", async () => {
    const place = new SessionPlace();
    place.kill(place.server.process);
    let looks = 0;
    place.host.tmux.probe = () => ((looks += 1) % 2 === 1 ? "answers" : "refused");
    expect(await free(place)).toMatchObject({ ok: false, error: { cause: "foreign-server" } });
    expect(looks).toBe(5);
  });

  test("a file lies is not free, and the file stays", async () => {
    const place = new SessionPlace();
    const { files } = place.world;
    place.kill(place.server.process);
    files.remove(place.socket);
    files.writeAtomic(place.socket, "a note");
    expect(await free(place)).toMatchObject({ ok: false, error: { cause: "not-a-socket" } });
    expect(files.read(place.socket)).toMatchObject({ state: "ok", text: "a note" });
  });

  test("it cannot be told who answers is not free", async () => {
    const place = new SessionPlace();
    place.host.tmux.probe = () => "unknown";
    expect(await free(place)).toMatchObject({ ok: false, error: { cause: "unknown" } });
    expect(place.server.process.state).toBe("running");
  });

  test("a server says that it is somebody who does not listen there is not free", async () => {
    const place = new SessionPlace();
    // It runs in another container, and that pid is somebody else's here.
    const listener = place.world.table.spawn({ kind: "stranger" });
    place.host.tmux.listener = () => listener.ref.pid;
    expect(await free(place)).toMatchObject({ ok: false, error: { cause: "unknown" } });
    await place.pass(20);
    expect([place.sent, place.server.process.state]).toEqual([[], "running"]);
  });
});

describe("where the last life will not end there is none beside it", () => {
  /** Its socket's file is gone, so that nothing else is in the way. */
  const freeBeside = (place: SessionPlace) => {
    const { socket, start, host } = place;
    place.world.files.remove(socket);
    host.processes.signal = () => "sent";
    return place.settle(freeSocket(host, start.identity, { socket, start }));
  };

  test("its server", async () => {
    const place = new SessionPlace();
    expect(await freeBeside(place)).toMatchObject({ ok: false, error: { cause: "survived" } });
  });

  test("what is left of it", async () => {
    const place = new SessionPlace({ stubborn: true });
    place.kill(place.server.process);
    await place.pass(20);
    expect(await freeBeside(place)).toMatchObject({ ok: false, error: { cause: "survived" } });
  });
});

describe("a canary", () => {
  const canaries = ({ world }: SessionPlace) =>
    world.table.all().filter(({ kind }) => kind === "canary");

  function scripted(): SessionPlace {
    const place = new SessionPlace();
    place.world.files.writeAtomic(pathsOf(place.host, place.start).canaryScript, "");
    return place;
  }

  test("that is not there is started", () => {
    const place = scripted();
    expect(armCanary(place.host, place.start)).toMatchObject({ state: "spawned" });
    expect(canaries(place)).toHaveLength(1);
  });

  test("that watches is left alone", () => {
    const place = scripted();
    const canary = place.idleCanary();
    expect(armCanary(place.host, place.start)).toEqual({ state: "already" });
    expect(canaries(place)).toEqual([canary]);
  });

  test("of which it cannot be told whether it watches gets no second one", () => {
    const place = scripted();
    const canary = place.idleCanary();
    place.hidden.add(canary.ref.pid);
    expect(armCanary(place.host, place.start)).toMatchObject({ state: "skipped" });
    expect(canaries(place)).toEqual([canary]);
  });
});
