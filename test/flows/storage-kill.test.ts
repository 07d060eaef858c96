// A process that is killed while it changes peers (issue: SIGKILL at any time) leaves a root that
// `verify --fix` makes whole, in which nothing that was acknowledged is lost.

import { expect, test } from "bun:test";
import type { Identity } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { loadRegistry } from "../../src/flows/storage/registry.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { Random } from "../fakes/random.ts";
import { must, openHost, scratch, type RootHost } from "./root-host.ts";
import { startWorker } from "./worker.ts";
import { fix } from "./verify-cases.ts";

const LANES = 6;
const ROUNDS = 4;
const SEED = 20260131;

/** Peers that must be there, and those that an interrupted command may have left either way. */
interface Account {
  readonly there: Set<string>;
  readonly open: Set<string>;
  /** Those whose creation was acknowledged, stop flag included. */
  readonly stopped: Set<string>;
}

function keepAccount(account: Account, lines: readonly string[]): void {
  for (const line of lines) {
    const [said, verb, name = "", ...rest] = line.split(" ");
    const names = verb === "rename" ? [name, rest[0] ?? ""] : [name];
    if (said === "start") for (const each of names) account.open.add(each);
    if (said !== "done") continue;
    for (const each of names) account.open.delete(each);
    expect(rest.at(-1)).toBe("ok");
    const now = verb === "rename" ? (names[1] ?? "") : name;
    const stopped = verb === "create" || account.stopped.has(name);
    for (const each of [account.there, account.stopped]) each.delete(name);
    if (verb === "remove") continue;
    account.there.add(now);
    if (stopped) account.stopped.add(now);
  }
}

const commandsOf = (round: number): string[] =>
  Array.from({ length: 6 }, (_, n) => `r${round}-${n}`).flatMap((name, n) => [
    `create ${name}`,
    ...(n % 3 === 1 ? [`rename ${name} ${name}-new`] : []),
    ...(n % 3 === 2 ? [`remove ${name}`] : []),
  ]);

async function expectWhole(host: RootHost, account: Account): Promise<void> {
  const fixed = must(await fix(host));
  expect(fixed.left.findings).toEqual([]);
  expect(verify(host).findings).toEqual([]);
  const peers = must(await loadRegistry(host)).peers.map((peer) => peer.personality as string);
  for (const name of account.there) {
    if (account.open.has(name)) continue;
    expect(peers).toContain(name);
    if (!account.stopped.has(name)) continue;
    const doc = peekDoc(host, `command-${name}` as Identity);
    expect(doc).toMatchObject({ state: "ok", doc: { stopped: true } });
  }
  for (const name of peers) {
    expect(account.there.has(name) || account.open.has(name)).toBe(true);
  }
}

/** What was open is decided now: taken as it is, but for a stop flag, which a rename keeps. */
function settleOpen(host: RootHost, account: Account, peers: readonly RegistryEntry[]): void {
  const names = new Set<string>(peers.map((peer) => peer.personality));
  const renamed = [...account.open].some((name) => name.endsWith("-new"));
  const wasStopped = renamed && [...account.open].some((name) => account.stopped.has(name));
  for (const name of account.open) {
    for (const each of [account.there, account.stopped]) each.delete(name);
    if (!names.has(name)) continue;
    account.there.add(name);
    const doc = peekDoc(host, `command-${name}` as Identity);
    if (wasStopped) expect(doc).toMatchObject({ state: "ok", doc: { stopped: true } });
    if (doc.state === "ok" && doc.doc.stopped) account.stopped.add(name);
  }
  if (renamed) expect([...account.open].filter((name) => names.has(name))).toHaveLength(1);
  account.open.clear();
}

/** How many of the kills hit a command. Each lane has its own root, so that they overlap. */
async function killRepeatedly(seed: number): Promise<number> {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  const random = new Random(seed);
  const account: Account = { there: new Set(), open: new Set(), stopped: new Set() };
  let hits = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await using worker = startWorker(place.root);
    await worker.seen("ready");
    const commands = commandsOf(round);
    worker.send(...commands);
    await worker.seen(`start ${random.pick(commands)}`);
    // Not a wait for something: the point in the command at which the kill hits.
    await host.clock.sleep(random.next() * 12);
    await worker.kill();
    keepAccount(account, worker.lines);
    if (account.open.size > 0) hits += 1;
    await expectWhole(host, account);
    settleOpen(host, account, must(await loadRegistry(host)).peers);
  }
  return hits;
}

test(`killed ${LANES * ROUNDS} times at random points, always made whole again`, async () => {
  const seeds = Array.from({ length: LANES }, (_, lane) => SEED + lane);
  const hits = await Promise.all(seeds.map(killRepeatedly));
  expect(hits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan((LANES * ROUNDS) / 3);
}, 120_000);
