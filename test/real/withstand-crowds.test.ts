// Twenty at once, each a process of its own: create, wake and remove of the same peer and of
// different ones. Nothing is lost, one launch serves all, every message arrives, no half file.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { parseRegistry } from "../../src/formats/registry.ts";
import { eventually, Fleet, type Ran } from "../chaos/fleet.ts";

const MIRROR = Bun.fileURLToPath(new URL("./programs/mirror.ts", import.meta.url));
const CROWD = Array.from({ length: 20 }, (_, index) => index);
const VARIED = CROWD.slice(0, 10).map((index) => `varied-${index}` as Personality);

const codes = (rans: readonly Ran[]) => rans.map(({ code }) => code).toSorted((a, b) => a - b);
const count = <T>(all: readonly T[], wanted: T) => all.filter((one) => one === wanted).length;

/** Reads a file again and again while `work` goes on; what it never holds is half a document. */
async function whileReading<T>(path: string, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  let reads = 0;
  while (!over.signal.aborted) {
    if (existsSync(path)) {
      const parsed = parseRegistry(readFileSync(path, "utf8"));
      if (!parsed.ok) throw new Error(`a reader saw half a registry: ${parsed.error}`);
      reads += 1;
    }
    await Bun.sleep(1);
  }
  expect(reads).toBeGreaterThan(0);
  return done;
}

const registered = (fleet: Fleet): readonly string[] => {
  const parsed = parseRegistry(readFileSync(fleet.app.host.layout.registry, "utf8"));
  return parsed.ok ? parsed.value.peers.map(({ personality }) => personality) : [];
};

describe("twenty at once", () => {
  test("create, of the same peer and of different ones", async () => {
    await using fleet = new Fleet();
    const create = (name: string) => fleet.cli(["create", name, "--", "/bin/cat"]);
    const { registry } = fleet.app.host.layout;
    const [same, varied] = await whileReading(
      registry,
      Promise.all([
        Promise.all(CROWD.slice(0, 10).map(() => create("same"))),
        Promise.all(VARIED.map(create)),
      ]),
    );
    expect(codes(same)).toEqual([0, ...Array.from({ length: 9 }, () => 1)]);
    for (const { code, err } of same) if (code === 1) expect(err).toContain("a peer same already");
    expect(codes(varied)).toEqual(VARIED.map(() => 0));
    expect(registered(fleet)).toEqual(["same", ...VARIED].toSorted());
    expect((await fleet.cli(["verify"])).code).toBe(0);
    expectNoTemporaries(fleet.root);
  }, 60_000);

  test("wake of one sleeping peer: one launch, and every message arrives", async () => {
    await using fleet = new Fleet();
    const mirror = { argv: [process.execPath, MIRROR], ready: "mirror is ready" };
    const name = await fleet.create("same", mirror.argv, { ready: mirror.ready });
    await fleet.startDaemon();
    const asked = await Promise.all(
      CROWD.map((index) => fleet.cli(["wake", name, `--message=message ${index}`, "--json"])),
    );
    expect(codes(asked)).toEqual(CROWD.map(() => 0));
    const results = asked.map(({ out }) => (JSON.parse(out) as { result: string }).result);
    expect([count(results, "woke"), count(results, "already-alive")]).toEqual([1, 19]);
    expect(fleet.starts(name)).toHaveLength(1);
    const heard = join(fleet.root, "peers", name, "heard.txt");
    await eventually("every message is heard", () => {
      const lines = existsSync(heard) ? readFileSync(heard, "utf8").split("\n") : [];
      return CROWD.every((index) => count(lines, `message ${index}`) === 1);
    });
  }, 120_000);

  test("wake, then remove, of different peers, two processes each", async () => {
    await using fleet = new Fleet();
    for (const name of VARIED) await fleet.create(name, ["/bin/cat"]);
    await fleet.startDaemon();
    const twice = VARIED.flatMap((name) => [name, name]);
    const woken = await Promise.all(twice.map((name) => fleet.cli(["wake", name, "--json"])));
    expect(codes(woken)).toEqual(twice.map(() => 0));
    expect(VARIED.map((name) => fleet.starts(name).length)).toEqual(VARIED.map(() => 1));
    const servers = VARIED.map((name) => fleet.starts(name).at(-1)?.server);
    expect(servers.every((server) => fleet.isAlive(server))).toBe(true);

    const removals = twice.map((name) => fleet.cli(["remove", name, "--yes"]));
    const removed = await whileReading(fleet.app.host.layout.registry, Promise.all(removals));
    for (const [index, name] of VARIED.entries()) {
      const [one, two] = removed.slice(2 * index, 2 * index + 2);
      expect({ name, done: Math.min(one?.code ?? 9, two?.code ?? 9) }).toEqual({ name, done: 0 });
      for (const ran of [one, two]) {
        if (ran?.code !== 0) expect(ran?.err).toMatch(/no peer/);
      }
    }
    expect(registered(fleet)).toEqual([]);
    expect(servers.some((server) => fleet.isAlive(server))).toBe(false);
    const { layout } = fleet.app.host;
    const left = [layout.sessionsDir, layout.identityDocsDir, layout.panesDir, layout.runDir];
    expect(left.flatMap((dir) => readdirSync(dir))).toEqual(["daemon.sock"]);
    expect(readdirSync(layout.peersDir).toSorted()).toEqual(VARIED.toSorted());
    expectNoTemporaries(fleet.root);
  }, 120_000);
});

function expectNoTemporaries(root: string): void {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"))).toEqual([]);
}
