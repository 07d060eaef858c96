// A start record that is gone or says nothing is made anew from whoever answers with its stamp
// (lifecycle §2), and nothing of it is touched while that cannot be told, or written down.

import { expect, test } from "bun:test";
import { pathsOf, readStart } from "../../src/flows/session/records.ts";
import { rescueStart } from "../../src/flows/session/rescue-start.ts";
import { SessionPlace } from "./session-place.ts";

const TORN = '{"version":1,';
const FULL = { state: "failed", code: "ENOSPC", detail: "no space left" } as const;

function torn() {
  const place = new SessionPlace();
  const path = pathsOf(place.host, place.start).start;
  place.world.files.writeAtomic(path, TORN);
  return { place, path, rescue: () => place.settle(rescueStart(place.host, place.start)) };
}

const beside = ({ host, start }: SessionPlace): readonly string[] => {
  const listed = host.files.list(pathsOf(host, start).dir);
  return "names" in listed ? listed.names.filter((name) => name.includes(".corrupt-")) : [];
};

test("a living one has a record again, and what was there is kept beside it", async () => {
  const { place, rescue } = torn();
  expect(await rescue()).toBe("rescued");
  const { server, pane } = place.start;
  expect(readStart(place.host, place.start)).toMatchObject({ server, pane });
  expect(beside(place)).toHaveLength(1);
  expect(await rescue()).toBe("sound");
});

test("a tmux that does not answer leaves it as it is", async () => {
  const { place, path, rescue } = torn();
  place.world.faults.hung = true;
  expect(await rescue()).toBe("unknown");
  expect(place.world.files.read(path)).toMatchObject({ text: TORN });
  expect(beside(place)).toEqual([]);
  place.world.faults.hung = false;
  expect(await rescue()).toBe("rescued");
});

test("and so does a disk that is full, for the copy or for the record itself", async () => {
  const { place, path, rescue } = torn();
  const { files } = place.host;
  const linkNew = files.linkNew.bind(files);
  const writeAtomic = files.writeAtomic.bind(files);
  files.linkNew = () => FULL;
  expect(await rescue()).toBe("unknown");
  files.linkNew = linkNew;
  files.writeAtomic = () => FULL;
  expect(await rescue()).toBe("unknown");
  expect(place.world.files.read(path)).toMatchObject({ text: TORN });
  files.writeAtomic = writeAtomic;
  expect(await rescue()).toBe("rescued");
  expect(beside(place)).toHaveLength(1);
});

test("an end that is on record needs no beginning, though its server answers", async () => {
  const place = new SessionPlace();
  const { start, end } = pathsOf(place.host, place.start);
  place.world.files.remove(start);
  place.world.files.writeAtomic(end, "{}");
  expect(await place.settle(rescueStart(place.host, place.start))).toBe("sound");
  expect(readStart(place.host, place.start)).toBeNull();
});

/** The session's own note of who its server and its pane are, as the world has it. */
function noted({ host, start }: SessionPlace): void {
  const { server, pane } = start;
  if (server === undefined || pane === undefined) throw new Error("a life without processes");
  const stat = `${pane.pid} (x) S ${server.pid} ${"0 ".repeat(17)}${pane.start} 0`;
  host.files.writeAtomic(pathsOf(host, start).pids, `${server.pid}\n${stat}\n`);
}

test.each([
  ["torn", true],
  ["gone", false],
])("a record that is %s, and no socket: by the session's own note", async (_, isTorn) => {
  const { place, path, rescue } = torn();
  if (!isTorn) place.world.files.remove(path);
  noted(place);
  place.world.files.remove(place.socket);
  expect(await rescue()).toBe("rescued");
  const { server, pane } = place.start;
  expect(readStart(place.host, place.start)).toMatchObject({ server, pane });
});

test.each([
  ["the server's", ({ server }: SessionPlace) => server.process],
  ["the pane's", ({ pane }: SessionPlace) => pane],
])("a note of a life that is over, %s process gone, makes no record", async (_, whose) => {
  const { place, rescue } = torn();
  noted(place);
  place.kill(whose(place));
  place.world.files.remove(place.socket);
  expect(await rescue()).toBe("nobody");
});

test("a note of processes that cannot be looked at leaves all as it is", async () => {
  const { place, path, rescue } = torn();
  noted(place);
  place.world.files.remove(place.socket);
  const { pid } = place.server.process.ref;
  place.hidden.add(pid);
  expect(await rescue()).toBe("unknown");
  expect(place.world.files.read(path)).toMatchObject({ text: TORN });
  place.hidden.delete(pid);
  expect(await rescue()).toBe("rescued");
});
