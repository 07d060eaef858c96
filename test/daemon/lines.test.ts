// Lines of exits.log that are looked for (daemon/exit-lines): none is written twice, and none is
// given up, for want of a look at the log or at the record.

import { expect, test } from "bun:test";
import { expectLine, writeKeptLines, writeMissingLines } from "../../src/daemon/exit-lines.ts";
import { readEnd } from "../../src/flows/session/records.ts";
import { ensureRecord } from "../../src/flows/settle.ts";
import { ownSupervisor } from "./own-supervisor.ts";

const WAIT_MS = 10_000;

/** Its end is on record, with a line or without. */
async function ended(hasLine: boolean) {
  const { context, live, ref, scene, server } = await ownSupervisor();
  const { host } = context;
  const { exitsLog } = host.layout;
  ensureRecord(host, { ...ref, start: live.start });
  if (!hasLine) host.files.writeAtomic(exitsLog, "");
  expectLine(context, ref);
  await scene.pass(WAIT_MS);
  const lines = () => {
    const read = scene.world.files.read(exitsLog);
    return read.state === "ok" ? read.text.split(ref.generation).length - 1 : 0;
  };
  const isLookedFor = () => context.unlined.has(ref.generation);
  return { context, host, ref, scene, end: `${server.dir}/end.json`, lines, isLookedFor };
}

test.each([true, false])("whoever goes writes what is missing; there: %p", async (isThere) => {
  const { context, host, ref, lines } = await ended(isThere);
  const read = readEnd(host, ref);
  if (read.state !== "recorded") throw new Error("it is not on record");
  context.unlined.set(ref.generation, { ref, sinceMono: host.clock.mono(), end: read.end });
  writeKeptLines(context);
  expect(lines()).toBe(1);
});

test("a log that cannot be read may have it", async () => {
  const { context, host, lines, isLookedFor } = await ended(true);
  const readTail = host.files.readTail.bind(host.files);
  host.files.readTail = () => ({ state: "failed", code: "EIO", detail: "input/output error" });
  writeMissingLines(context);
  expect([lines(), isLookedFor()]).toEqual([1, true]);
  host.files.readTail = readTail;
  writeMissingLines(context);
  expect([lines(), isLookedFor()]).toEqual([1, false]);
});

test("a record that cannot be read is asked for again", async () => {
  const { context, scene, end, lines, isLookedFor } = await ended(false);
  scene.world.files.denied.add(end);
  writeMissingLines(context);
  expect([lines(), isLookedFor()]).toEqual([0, true]);
  scene.world.files.denied.clear();
  writeMissingLines(context);
  expect(lines()).toBe(1);
});
