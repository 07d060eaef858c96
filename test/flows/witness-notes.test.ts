// What a session and its canary note of themselves (lifecycle §5): by a number of ticks, which
// says something of the boot in which they were counted alone.

import { beforeEach, expect, test } from "bun:test";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { canaryProcess } from "../../src/flows/session/canary.ts";
import { pathsOf, readPids, readStart, writeStart } from "../../src/flows/session/records.ts";
import { parseCanaryPid } from "../../src/formats/canary-pid.ts";
import type { Host } from "../../src/ports/host.ts";
import { START } from "../formats/record-samples.ts";
import type { ProcessEntry } from "../fakes/process-table.ts";
import { SimWorld } from "../fakes/sim-world.ts";

let world: SimWorld;
let host: Host;
let server: ProcessEntry;
let pane: ProcessEntry;

/** As sh would write it now. */
const seenNow = () => `<=${world.table.uptime().replace(".", "")}`;
const note = (start: string, boot = host.processes.bootId()) => {
  const text = JSON.stringify({ pid: server.ref.pid, start, boot });
  host.files.writeAtomic(pathsOf(host, START).canaryPid, `${text}\n`);
};
const notePids = () => {
  const text = `${server.ref.pid}\n${pane.ref.pid}\n${world.table.uptime()}\n`;
  host.files.writeAtomic(pathsOf(host, START).pids, text);
};
const later = (): ProcessRef => {
  world.table.exit(server, { code: 0 });
  for (;;) {
    const { ref } = world.table.spawn({ kind: "stranger" });
    if (ref.pid === server.ref.pid) return ref;
  }
};

beforeEach(() => {
  world = new SimWorld({ seed: 1 });
  host = world.man().host;
  host.files.makeFolder(pathsOf(host, START).dir);
  server = world.table.spawn({ kind: "server" });
  pane = world.table.spawn({ kind: "pane", parent: server });
});

test("who was seen is told by start time from then on", () => {
  note(seenNow());
  expect(canaryProcess(host, START)).toEqual(server.ref);
});

test("whoever has its pid later is another", () => {
  note(seenNow());
  const stranger = later();
  const noted = canaryProcess(host, START);
  if (noted === null) throw new Error("it has noted itself");
  expect(host.processes.identify(stranger.pid)).toEqual(stranger);
  expect(host.processes.liveness(noted)).toBe("dead");
  expect(host.processes.signal(noted, "TERM")).not.toBe("sent");
});

test("a note of another boot is of nobody", () => {
  note(seenNow(), "another");
  expect(canaryProcess(host, START)).toBeNull();
});

test("who was seen by a pid of the host is nobody in a container", () => {
  const processes = { ...host.processes, hasHostPids: () => false };
  const contained = { ...host, processes };
  note(seenNow());
  notePids();
  expect(canaryProcess(contained, START)).toBeNull();
  expect(readPids(contained, START)).toBeNull();
  note(server.ref.start);
  expect(canaryProcess(contained, START)).toEqual(server.ref);
});

test("a session's own note completes a record of its own boot alone", () => {
  notePids();
  const noted = { server: server.ref, pane: pane.ref };
  expect(readPids(host, START)).toEqual(noted);
  const { server: _server, pane: _pane, ...first } = START;
  for (const bootId of [host.processes.bootId(), "another"]) {
    writeStart(host, { ...first, bootId });
    const isOwn = bootId !== "another";
    expect(readStart(host, START)).toEqual({ ...first, bootId, ...(isOwn ? noted : {}) });
  }
});

test.each([
  ['{"pid":7,"start":"12"}\n', { process: { pid: 7, start: "12" }, bootId: null }],
  ['{"pid":7,"start":"<=12","boot":"b-1"}', { process: { pid: 7, start: "<=12" }, bootId: "b-1" }],
  ['{"pid":7,"start":"<12","boot":"b"}', null],
  ['{"pid":7,"start":"<=","boot":"b"}', null],
  ['{"pid":7,"start":"<=12","boot":""}', null],
  ['{"pid":7,"start":"<=12","boot":"b"', null],
  ['{"pid":0,"start":"<=12","boot":"b"}', null],
  ["", null],
])("%j", (text, noted) => expect(parseCanaryPid(text)).toEqual(noted));
