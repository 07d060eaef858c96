// Files that do not parse, belong to somebody else, cannot be written, or find no room: a clear
// message, nothing lost, nothing overwritten, and the daemon goes on supervising everybody else.

import { describe, expect, test } from "bun:test";
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import type { Personality } from "../../src/core/names.ts";
import { parseRegistry } from "../../src/formats/registry.ts";
import { pathsOf, readEnd } from "../../src/flows/session/records.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";
import { fill, hasSmallDisk, SMALL_DISK } from "./small-disk.ts";

const ENV = { IAPEER_TICK_SECS: "1" };
const GARBAGE = '{"version": 1, "pe\0ers": [';
const STRANGER_UID = 65_534;
const IS_ROOT = process.getuid?.() === 0;
if (!IS_ROOT) console.warn("skipped: another user's files need root");

/** Copies that were moved aside of a file that did not parse. */
const asides = (path: string): readonly string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.corrupt-`));

async function livesOn(fleet: Fleet, other: Personality): Promise<void> {
  expect((await fleet.app.client.status()).state).toBe("running");
  await fleet.wake(other);
  const before = fleet.ends(other).length;
  fleet.app.host.processes.signal((await fleet.parts(other)).server, "KILL");
  await eventually("its end is noticed", () => fleet.ends(other).length === before + 1);
}

async function twoPeers(fleet: Fleet): Promise<{ peer: Personality; other: Personality }> {
  const peer = await fleet.create("peer", ["/bin/cat"]);
  return { peer, other: await fleet.create("other", ["/bin/cat"]) };
}

describe("a file that does not parse", () => {
  test("the registry is moved aside and rebuilt, and no peer is lost", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { peer, other } = await twoPeers(fleet);
    await fleet.startDaemon();
    await fleet.wake(peer);
    const { registry } = fleet.app.host.layout;
    writeFileSync(registry, GARBAGE);
    await livesOn(fleet, other);
    const made = await fleet.cli(["create", "third", "--", "/bin/cat"]);
    expect({ code: made.code, err: made.err }).toMatchObject({ code: 0 });
    expect(asides(registry)).toHaveLength(1);
    const parsed = parseRegistry(readFileSync(registry, "utf8"));
    expect(parsed.ok && parsed.value.peers.map(({ personality }) => String(personality))).toEqual([
      "other",
      "peer",
      "third",
    ]);
    expect(fleet.isAlive(fleet.starts(peer)[0]?.server)).toBe(true);
    await mustHold(fleet);
  }, 60_000);

  test("a profile is named by verify, and left as it is", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { peer, other } = await twoPeers(fleet);
    await fleet.startDaemon();
    const { profile } = peerLayout(join(fleet.app.host.layout.peersDir, peer));
    writeFileSync(profile, GARBAGE);
    const verified = await fleet.cli(["verify"]);
    expect(verified.code).toBe(1);
    expect(verified.out + verified.err).toContain(peer);
    expect(readFileSync(profile, "utf8")).toBe(GARBAGE);
    await livesOn(fleet, other);
  }, 60_000);

  test("an identity's document keeps its peer stopped", async () => {
    await using fleet = new Fleet({ env: ENV });
    const held = await fleet.create("held", ["/bin/cat"], { alwaysOn: true });
    const other = await fleet.create("other", ["/bin/cat"]);
    await fleet.startDaemon();
    await eventually("it is up", () => fleet.isAlive(fleet.starts(held)[0]?.server));
    expect((await fleet.cli(["stop", held])).code).toBe(0);
    await fleet.killDaemon();
    const doc = fleet.app.host.layout.identityDoc(fleet.identity(held));
    writeFileSync(doc, GARBAGE);
    await fleet.startDaemon();
    await livesOn(fleet, other);
    const why = await fleet.cli(["why", held, "--json"]);
    expect(JSON.parse(why.out)).toMatchObject({ presences: [{ state: "stopped" }] });
    expect(fleet.starts(held)).toHaveLength(1);
    expect((await fleet.cli(["start", held])).code).toBe(0);
    expect(asides(doc)).toHaveLength(1);
    await mustHold(fleet);
  }, 60_000);

  test("a start record does not end a living session", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { peer, other } = await twoPeers(fleet);
    await fleet.startDaemon();
    await fleet.wake(peer);
    const { server } = await fleet.parts(peer);
    await fleet.killDaemon();
    const start = fleet.starts(peer)[0];
    if (start === undefined) throw new Error("it has never lived");
    writeFileSync(pathsOf(fleet.app.host, start).start, GARBAGE);
    await fleet.startDaemon();
    await livesOn(fleet, other);
    expect(fleet.isAlive(server)).toBe(true);
    expect((await fleet.cli(["stop", peer])).code).toBe(0);
    expect(fleet.isAlive(server)).toBe(false);
  }, 60_000);

  test("an end record hides nothing but itself, and is kept beside the one made anew", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { peer, other } = await twoPeers(fleet);
    await fleet.startDaemon();
    await livesOn(fleet, peer);
    const start = fleet.starts(peer)[0];
    if (start === undefined) throw new Error("it has never lived");
    writeFileSync(pathsOf(fleet.app.host, start).end, GARBAGE);
    await livesOn(fleet, other);
    const exits = await fleet.cli(["exits", "--json"]);
    expect(exits.out).toContain("command-other");
    await fleet.killDaemon();
    await fleet.startDaemon();
    await fleet.wake(peer);
    const path = pathsOf(fleet.app.host, start).end;
    const [aside = ""] = asides(path);
    expect(readFileSync(join(dirname(path), aside), "utf8")).toBe(GARBAGE);
    expect(readEnd(fleet.app.host, start)).toMatchObject({ end: { cause: "unwitnessed" } });
  }, 60_000);
});

describe("what cannot be written or read", () => {
  test("a lock left by a dead process is taken over", async () => {
    await using fleet = new Fleet();
    const lock = `${fleet.app.host.layout.registry}.lock`;
    mkdirSync(lock);
    const longAgo = new Date(0);
    utimesSync(lock, longAgo, longAgo);
    expect((await fleet.cli(["create", "peer", "--", "/bin/cat"])).code).toBe(0);
    expect(readdirSync(fleet.root)).not.toContain("peers-profiles.json.lock");
  }, 60_000);

  test.if(IS_ROOT)("another user's files, and symlinks, are refused", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { peer, other } = await twoPeers(fleet);
    await fleet.startDaemon();
    const paths = peerLayout(join(fleet.app.host.layout.peersDir, peer));
    const { profile } = paths;
    const env = paths.launchEnv("command");
    mkdirSync(dirname(env), { recursive: true });
    writeFileSync(join(fleet.home, "theirs"), "A=1\n");
    symlinkSync(join(fleet.home, "theirs"), env);
    const linked = await fleet.cli(["wake", peer, "--debug"]);
    expect(linked.err).toMatch(/launch-env[^]*symlink[^]*next:/);
    rmSync(env);
    writeFileSync(env, "A=1\n");
    chownSync(env, STRANGER_UID, STRANGER_UID);
    const owned = await fleet.cli(["wake", peer, "--debug"]);
    expect(owned.err).toMatch(/launch-env[^]*another user[^]*next:/);
    chownSync(profile, STRANGER_UID, STRANGER_UID);
    expect(await fleet.cli(["verify"])).toMatchObject({ code: 1 });
    await livesOn(fleet, other);
    const { registry } = fleet.app.host.layout;
    chownSync(registry, STRANGER_UID, STRANGER_UID);
    const made = await fleet.cli(["create", "third", "--debug", "--", "/bin/cat"]);
    expect(made.err).toMatch(/another user[^]*next:[^]*code: registry-unreadable/);
    await livesOn(fleet, other);
  }, 60_000);
});

describe("a full disk", () => {
  test.if(hasSmallDisk())("loses nothing, and all goes on once there is room", async () => {
    const env = { ...ENV, IAPEER_CRASHLOOP_MAX: "1000" };
    await using fleet = new Fleet({ env, ...SMALL_DISK });
    const { peer, other } = await twoPeers(fleet);
    const held = await fleet.create("held", ["/bin/cat"], { alwaysOn: true });
    await fleet.startDaemon();
    await fleet.wake(peer);
    await fleet.wake(other);
    await eventually("it is up", () => fleet.isAlive(fleet.starts(held)[0]?.server));
    const before = readFileSync(fleet.app.host.layout.registry, "utf8");
    const ballast = join(fleet.home, "ballast");
    fill(ballast);
    const servers = await Promise.all([peer, held].map((name) => fleet.parts(name)));
    for (const { server } of servers) fleet.app.host.processes.signal(server, "KILL");
    await eventually("they are gone", () => servers.every(({ server }) => !fleet.isAlive(server)));
    const made = await fleet.cli(["create", "third", "--debug", "--", "/bin/cat"]);
    expect({ code: made.code, said: made.err.includes("next:") }).toEqual({ code: 1, said: true });
    expect(readFileSync(fleet.app.host.layout.registry, "utf8")).toBe(before);
    expect((await fleet.app.client.status()).state).not.toBe("not-running");
    expect(fleet.isAlive(fleet.starts(other)[0]?.server)).toBe(true);
    rmSync(ballast);
    await eventually("the held peer is back", () => fleet.starts(held).length >= 2);
    await mustHold(fleet);
    expect((await fleet.cli(["create", "third", "--", "/bin/cat"])).code).toBe(0);
    expect((await fleet.cli(["stop", "--all", "--yes"])).code).toBe(0);
    await mustHold(fleet);
  }, 120_000);
});
