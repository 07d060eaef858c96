// What a session notes of its own pids (lifecycle §5) completes a start record of its own boot
// alone: by another, its pids may be anybody's.

import { expect, test } from "bun:test";

import { pathsOf, readStart, writeStart } from "../../src/flows/session/records.ts";
import { START } from "../formats/record-samples.ts";
import { SimWorld } from "../fakes/sim-world.ts";

test.each([
  ["its own boot", true],
  ["another boot", false],
])("a record of %s", (_, isOwn) => {
  const world = new SimWorld({ seed: 1 });
  const { host } = world.man();
  host.files.makeFolder(pathsOf(host, START).dir);
  const server = world.table.spawn({ kind: "server" }).ref;
  const pane = { pid: 4242, start: `${Number(server.start) + 1}` };
  const stat = `${pane.pid} (x) S ${server.pid} ${"0 ".repeat(17)}${pane.start} 0`;
  host.files.writeAtomic(pathsOf(host, START).pids, `${server.pid}\n${stat}\n`);
  const { server: _server, pane: _pane, ...first } = START;
  const bootId = isOwn ? host.processes.bootId() : "another";
  writeStart(host, { ...first, bootId });
  const noted = isOwn ? { server, pane } : {};
  expect(readStart(host, START)).toEqual({ ...first, bootId, ...noted });
});
