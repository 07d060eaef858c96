// What nobody can tell of a session (lifecycle §2, §5): whoever cannot be looked at is not dead,
// and is not made so by a record; nor is a life said to be that never began.

import { describe, expect, test } from "bun:test";
import { findServer } from "../../src/flows/session/find-server.ts";
import { mayLive } from "../../src/flows/session/hidden-life.ts";
import { notedLife } from "../../src/flows/session/noted-life.ts";
import { pathsOf, readEnd, readStart, recordEnd } from "../../src/flows/session/records.ts";
import { rescueStart } from "../../src/flows/session/rescue-start.ts";
import { sendSignal } from "../../src/flows/session/signal.ts";
import { ensureRecord, settle, unwitnessedCause } from "../../src/flows/settle.ts";
import { changeDoc } from "../../src/flows/storage/identity-doc.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { SessionPlace } from "./session-place.ts";

/** Its pids are not told to whoever asks who that is. */
function hideAll({ host, hidden, server, pane }: SessionPlace): void {
  for (const { ref } of [server.process, pane]) hidden.add(ref.pid);
  const identify = host.processes.identify.bind(host.processes);
  host.processes.identify = (pid) => (hidden.has(pid) ? "unknown" : identify(pid));
}

describe("a server that answers is not said to be", () => {
  const find = (place: SessionPlace) => place.settle(findServer(place.host, place.start));

  test("there where nobody can say who it is", async () => {
    const place = new SessionPlace();
    hideAll(place);
    expect(await find(place)).toBe("unknown");
  });

  test("somebody else's where it does not say whose it is", async () => {
    const place = new SessionPlace();
    place.host.tmux.query = () => Promise.resolve({ state: "unknown", detail: "no answer" });
    expect(await find(place)).toBe("unknown");
  });

  test("there where it has ended since", async () => {
    const place = new SessionPlace();
    place.host.processes.identify = () => null;
    expect(await find(place)).toBe("nobody");
  });

  test("without its program where that one's pid is not told", async () => {
    const place = new SessionPlace();
    const { tmux } = place.host;
    const query = tmux.query.bind(tmux);
    tmux.query = (socket, identity, format) =>
      format === "#{pane_pid}"
        ? Promise.resolve({ state: "unknown", detail: "no answer" })
        : query(socket, identity, format);
    expect(await find(place)).toBe("unknown");
  });

  test("without its program where nobody can say who that one is", async () => {
    const place = new SessionPlace();
    hideAll(place);
    place.hidden.delete(place.server.process.ref.pid);
    expect(await find(place)).toBe("unknown");
  });
});

describe("by its own note a session", () => {
  async function noted() {
    const place = new SessionPlace();
    await place.pass(10);
    return place;
  }

  test("that cannot be looked at is neither there nor gone", async () => {
    const place = await noted();
    expect(notedLife(place.host, place.start)).toMatchObject({ pane: place.pane.ref });
    place.hidden.add(place.pane.ref.pid);
    place.host.processes.parent = () => null;
    expect(notedLife(place.host, place.start)).toBe("unknown");
  });

  test("whose program has ended is gone, whatever of its server", async () => {
    const place = await noted();
    place.kill(place.pane);
    await place.pass(10);
    place.hidden.add(place.server.process.ref.pid);
    expect(notedLife(place.host, place.start)).toBeNull();
  });

  test("whose note cannot be read is neither there nor gone", async () => {
    const place = await noted();
    place.world.files.denied.add(pathsOf(place.host, place.start).pids);
    expect(notedLife(place.host, place.start)).toBe("unknown");
  });

  test("whose server cannot be told is not gone: its record has none", async () => {
    const place = await noted();
    const { server: _server, pane: _pane, ...bare } = place.start;
    const { start } = pathsOf(place.host, place.start);
    place.world.files.writeAtomic(start, renderStartRecord(bare));
    expect(readStart(place.host, place.start)?.server).toEqual(place.server.process.ref);
    hideAll(place);
    expect(readStart(place.host, place.start)).not.toHaveProperty("server");
  });
});

describe("a record that says nothing", () => {
  const broken = () => {
    const place = new SessionPlace();
    const path = pathsOf(place.host, place.start).start;
    place.world.files.writeAtomic(path, "{");
    const rescue = () => place.settle(rescueStart(place.host, place.start));
    const kept = () => place.world.files.read(path);
    return { place, rescue, kept };
  };

  test("stays where nobody can say who answers", async () => {
    const { place, rescue, kept } = broken();
    hideAll(place);
    expect(await rescue()).toBe("unknown");
    expect([kept(), place.events]).toMatchObject([{ text: "{" }, []]);
  });

  test("stays where it cannot be set aside", async () => {
    const { place, rescue, kept } = broken();
    place.world.files.full = true;
    expect(await rescue()).toBe("unknown");
    expect([kept(), place.events]).toMatchObject([{ text: "{" }, []]);
  });
});

test("a launch that never began has not lived, whoever cannot be asked", async () => {
  const place = new SessionPlace();
  const { start, tmuxConf } = pathsOf(place.host, place.start);
  place.world.files.remove(start);
  place.world.files.remove(tmuxConf);
  place.host.tmux.probe = () => "unknown";
  expect(mayLive(place.host, place.start)).toBe(false);
  expect(await place.settle(rescueStart(place.host, place.start))).toBe("sound");
});

test("a signal that nobody was there for is not said to have been sent", async () => {
  const place = new SessionPlace();
  const { start: about, server } = place;
  place.kill(server.process);
  await place.pass(10);
  const spec = { about, target: server.process.ref, role: "server", reason: "stop" };
  expect(sendSignal(place.host, { ...spec, signal: "TERM" })).toBe("gone");
  expect(place.events).toEqual([]);
});

describe("an end", () => {
  const life = ({ start }: SessionPlace) => ({ ...start, start });

  test("that is on record is, on a full disk too, and has one line", () => {
    const place = new SessionPlace();
    expect(ensureRecord(place.host, life(place))).toBe(true);
    const end = place.end();
    if (end === null) throw new Error("it is not on record");
    expect(recordEnd(place.host, end)).toEqual({ ok: true, value: "exists" });
    place.noRoomFor(1);
    expect(ensureRecord(place.host, life(place))).toBe(true);
    expect(place.events.map(({ ev }) => ev)).toEqual(["server-exit"]);
  });

  test("that cannot be read may be on record", () => {
    const place = new SessionPlace();
    ensureRecord(place.host, life(place));
    place.world.files.denied.add(pathsOf(place.host, place.start).end);
    expect(readEnd(place.host, place.start)).toMatchObject({ state: "failed" });
  });

  test("of a launch without a server is no server's", () => {
    const place = new SessionPlace();
    const { server: _server, ...start } = place.start;
    expect(unwitnessedCause(place.host, { start })).toBe("launch-failed");
    expect(unwitnessedCause(place.host, place)).toBe("server-vanished");
  });

  test("counts once, whoever accounts for it again", () => {
    const place = new SessionPlace();
    const { identity, generation } = place.start;
    place.world.files.makeFolder(place.host.layout.identityDocsDir);
    changeDoc(place.host, identity, (doc) => ({ ...doc, generation }));
    const about = { identity, generation, action: "settle-death", death: "server-dead" } as const;
    const account = () => settle(place.host, { ...about, healthMs: 0 }, place.start);
    const first = account();
    expect(first).toMatchObject({ state: "ok", doc: { deaths: [expect.any(Number)] } });
    expect(account()).toEqual(first);
  });
});
