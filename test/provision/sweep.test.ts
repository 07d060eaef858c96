// Many peers: at most so many at once, an exact account whatever interrupts it, and a slot or a
// registry that changes meanwhile (memory-provider contract).

import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { RegistryEntry } from "../../src/core/profile.ts";
import type { PeerProvision } from "../../src/core/provider.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { readSlot } from "../../src/flows/provision/slot.ts";
import { sweep, type Sweep } from "../../src/flows/provision/sweep.ts";
import { must } from "../flows/root-host.ts";
import { Place, V1 } from "./place.ts";

const TIMEOUT_MS = 30_000;

async function peersOf(at: Place, runtimes: readonly string[]): Promise<RegistryEntry[]> {
  const made: RegistryEntry[] = [];
  for (const [index, runtime] of runtimes.entries()) {
    const command = runtime === "command" ? { command: { argv: ["/bin/cat"] } } : {};
    const created = await createPeer(at.host, { name: `p${index}`, runtime, ...command });
    made.push(must(created).entry);
  }
  return made;
}

function begin(at: Place, peers: readonly RegistryEntry[], spec: Partial<Sweep> = {}) {
  const slot = readSlot(at.host);
  if (slot.state !== "occupied") throw new Error("the slot is empty");
  return sweep(at.host, { declaration: slot.declaration, peers, occasion: "sweep-on", ...spec });
}

const states = (peers: readonly PeerProvision[]) =>
  Object.fromEntries(peers.map(({ personality, state }) => [personality as string, state]));

test("every peer and agentic runtime once, and at most so many at once", async () => {
  using at = new Place();
  const peers = await peersOf(at, ["claude", "codex", "command", "claude", "claude", "claude"]);
  const both = peers.map((peer, i) => (i === 0 ? twoRuntimes(peer) : peer));
  mkdirSync(at.path("now"));
  at.provide(`
    d=$(dirname "$0"); : > "$d/now/$$"
    echo "$(ls "$d/now" | wc -l) $1 $2 $3 $4 $5" >> "$d/calls"
    sleep 0.1; rm "$d/now/$$"`);
  const order: number[] = [];
  const report = await begin(at, both, { jobs: 3, onPeer: (_, done) => order.push(done) });
  const calls = readFileSync(at.path("calls"), "utf8").trim().split("\n");
  expect(calls).toHaveLength(6);
  expect(calls.every((call) => call.includes(" on ") && call.endsWith(" sweep-on"))).toBe(true);
  const most = Math.max(...calls.map((call) => Number.parseInt(call, 10)));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
  expect(order).toEqual([1, 2, 3, 4, 5, 6]);
  expect(report.peers.map(({ personality }) => personality as string)).toEqual(
    peers.map(({ personality }) => personality as string),
  );
  const { p2, ...rest } = states(report.peers);
  expect(p2).toBe("skipped-no-agentic-runtime");
  expect(new Set(Object.values(rest))).toEqual(new Set(["done"]));
  expect(report.slotChanged).toBe(false);
}, TIMEOUT_MS);

const twoRuntimes = (peer: RegistryEntry): RegistryEntry => ({
  ...peer,
  runtimes: ["claude", "codex"] as unknown as RegistryEntry["runtimes"],
});

test("Ctrl-C ends what runs, begins nothing more, and the account is exact", async () => {
  using at = new Place();
  const peers = await peersOf(at, ["claude", "claude", "claude", "claude", "claude"]);
  at.provide(`[ "$4" = p0 ] && exit 0
    [ "$4" = p1 ] && exit 3
    echo $$ >> "$(dirname "$0")/running"; sleep 300`);
  const pressed = new AbortController();
  const report = begin(at, peers, { jobs: 2, interrupted: pressed.signal });
  const running = at.path("running");
  while (!existsSync(running) || readFileSync(running, "utf8").split("\n").length < 3) {
    await Bun.sleep(10);
  }
  pressed.abort();
  expect(states((await report).peers)).toEqual({
    p0: "done",
    p1: "failed",
    p2: "interrupted",
    p3: "interrupted",
    p4: "not-started",
  });
  const pids = readFileSync(running, "utf8").trim().split("\n").map(Number);
  for (const pid of pids) expect(at.host.processes.identify(pid)).toBeNull();
}, TIMEOUT_MS);

const REPLACED: readonly (readonly [string, (at: Place) => void])[] = [
  ["another declaration", (at) => at.declare({ ...V1, version: "2" })],
  ["half a document", (at) => writeFileSync(at.slot, '{"provider": "ac')],
  ["nothing", (at) => rmSync(at.slot, { force: true })],
  ["a symlink", (at) => swap(at, () => symlinkSync(at.path("calls"), at.slot))],
  ["a folder", (at) => swap(at, () => mkdirSync(at.slot))],
];

function swap(at: Place, put: () => void): void {
  rmSync(at.slot, { recursive: true, force: true });
  put();
}

test.each(REPLACED)("%s in the slot meanwhile changes but a word", async (_, replace) => {
  using at = new Place();
  const peers = await peersOf(at, ["claude", "claude", "claude"]);
  at.provide(`echo "$4" >> "$(dirname "$0")/calls"`);
  const report = await begin(at, peers, { jobs: 1, onPeer: () => replace(at) });
  expect(readFileSync(at.path("calls"), "utf8")).toBe("p0\np1\np2\n");
  expect(states(report.peers)).toEqual({ p0: "done", p1: "done", p2: "done" });
  expect(report.slotChanged).toBe(true);
}, TIMEOUT_MS);

test("a peer that is removed in the middle is not called any more", async () => {
  using at = new Place();
  const peers = await peersOf(at, ["claude", "claude", "claude"]);
  at.provide(`echo "$4" >> "$(dirname "$0")/calls"; sleep 0.2`);
  const report = begin(at, peers, { jobs: 1 });
  must(await unregisterPeer(at.host, "p2"));
  expect(states((await report).peers)).toEqual({ p0: "done", p1: "done", p2: "gone" });
}, TIMEOUT_MS);

describe("each case by its name", () => {
  test.each([
    ["exit 4", "failed"],
    ["kill -9 $$", "failed"],
    ["sleep 300", "timeout"],
  ])("%s", async (script, state) => {
    using at = new Place({ provisionTimeoutMs: 400 });
    const peers = await peersOf(at, ["claude"]);
    at.provide(script);
    const [peer] = (await begin(at, peers)).peers;
    expect(peer?.state).toBe("failed");
    expect(peer?.runtimes.map((one) => one.state as string)).toEqual([state]);
    const [line] = at.logged("memory-provision");
    expect(line).toMatchObject({ identity: "claude-p0", occasion: "sweep-on", state });
  }, TIMEOUT_MS);
});
