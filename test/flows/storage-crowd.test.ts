// Many processes at once on one root (storage contract): nothing is lost, nobody reads half a
// file, and a lock left by a dead process is taken over.

import { expect, test } from "bun:test";
import { createPeer } from "../../src/flows/peers/create.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { must, openHost, scratch, type RootHost } from "./root-host.ts";
import { startWorker, type Worker } from "./worker.ts";

const CROWD = 20;

function namesIn(host: RootHost): string[] {
  const read = readRegistry(host);
  return read.state === "ok" ? read.registry.peers.map((peer) => peer.personality) : [read.state];
}

/** Everybody is ready before anybody starts. */
async function crowd(root: string, commands: (n: number) => string[]): Promise<string[]> {
  const workers: Worker[] = Array.from({ length: CROWD }, () => startWorker(root));
  try {
    await Promise.all(workers.map((worker) => worker.seen("ready")));
    workers.forEach((worker, n) => worker.send(...commands(n)));
    await Promise.all(workers.map((worker) => worker.finish()));
    return workers.flatMap((worker) => worker.lines.filter((line) => line.startsWith("done ")));
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

test("20 processes that create and remove different peers lose nothing", async () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  const done = await crowd(place.root, (n) => [
    `create p${n}-gone`,
    `create p${n}-old`,
    `remove p${n}-gone`,
    `create p${n}-kept`,
    `rename p${n}-old p${n}-new`,
  ]);
  expect(done.filter((line) => !line.endsWith(" ok"))).toEqual([]);
  expect(done).toHaveLength(CROWD * 5);
  const wanted = Array.from({ length: CROWD }, (_, n) => [`p${n}-kept`, `p${n}-new`]).flat();
  expect(namesIn(host)).toEqual(wanted.sort());
  expect(verify(host).findings).toEqual([]);
}, 120_000);

test("20 processes that create and remove the same peer: each time, one succeeds", async () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  const created = await crowd(place.root, () => ["create same"]);
  expect(created.filter((line) => line.endsWith(" ok"))).toHaveLength(1);
  expect(created.filter((line) => line.endsWith(" name-taken"))).toHaveLength(CROWD - 1);
  expect(namesIn(host)).toEqual(["same"]);
  const removed = await crowd(place.root, () => ["remove same"]);
  expect(removed.filter((line) => line.endsWith(" ok"))).toHaveLength(1);
  expect(removed.filter((line) => line.endsWith(" unknown-peer"))).toHaveLength(CROWD - 1);
  expect(namesIn(host)).toEqual([]);
  expect(verify(host).findings).toEqual([]);
}, 120_000);

test("a reader never sees half a file", async () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  must(await createPeer(host, { name: "always", runtime: "claude" }));
  await using writer = startWorker(place.root);
  await writer.seen("ready");
  const rounds = 60;
  for (let n = 0; n < rounds; n += 1) writer.send(`create p${n}`, `remove p${n}`);
  const sizes = new Set<number>();
  const last = writer.seen(`done remove p${rounds - 1} `);
  const over = last.then(() => true);
  const tick = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  while (!(await Promise.race([over, tick()]))) {
    const read = readRegistry(host);
    expect(read.state).toBe("ok");
    if (read.state !== "ok") break;
    expect(read.registry.peers.map((peer) => peer.personality as string)).toContain("always");
    sizes.add(read.registry.peers.length);
  }
  expect(await last).toEndWith(" ok");
  expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2]);
}, 60_000);

test("a lock whose holder was killed is taken over", async () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  await using holder = startWorker(place.root);
  holder.send("hold");
  await holder.seen("holding");
  await holder.kill();
  must(await createPeer(host, { name: "after", runtime: "claude" }));
  expect(namesIn(host)).toEqual(["after"]);
}, 60_000);
