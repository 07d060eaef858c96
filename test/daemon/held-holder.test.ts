// The one process that holds a peer, over a fake host (service-manager contract, "Always-on
// peers"): when it begins, goes on, lets go, and gives up.

import { describe, expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { GONE, HeldPlace } from "./held-place.ts";

const ended = (end: string, detail = "") => ({
  ok: true,
  value: { end, detail: expect.stringContaining(detail) },
});

describe("TERM", () => {
  test("is an order to end the session, in order", async () => {
    const place = new HeldPlace();
    const { term, end } = await place.held();
    expect([place.up, place.servers()]).toEqual([["started"], 1]);
    expect(place.received()).toEqual(["begin"]);
    const begun = place.world.time.mono();
    term();
    expect(await end()).toMatchObject(ended("ended", "shutdown"));
    expect(place.world.time.mono() - begun).toBeLessThan(5000);
    expect(place.servers()).toBe(0);
    expect(place.doc().deaths).toEqual([]);
  });

  test("for another holder leaves it to that one, which starts nothing", async () => {
    const place = new HeldPlace();
    const first = await place.held();
    place.handOver();
    first.term();
    expect(await first.end()).toMatchObject(ended("let-go"));
    const { generation } = place.doc();
    const next = await place.held();
    expect([place.up, place.doc().generation]).toEqual([["started", "adopted"], generation]);
    next.term();
    expect(await next.end()).toMatchObject(ended("ended"));
    expect(place.servers()).toBe(0);
  });

  test("is no order to let go by a mark that was made before it began", async () => {
    const place = new HeldPlace();
    place.handOver();
    const { term, end } = await place.held();
    term();
    expect(await end()).toMatchObject(ended("ended"));
    expect(place.servers()).toBe(0);
  });

  test("that cannot be obeyed is no success", async () => {
    const place = new HeldPlace();
    const { term, end } = await place.held();
    place.world.faults.unknown = 1;
    term();
    expect(await end()).toMatchObject(ended("failed", "its session did not end"));
    expect(place.servers()).toBe(1);
  });

  test("after the operator's stop is that stop", async () => {
    const place = new HeldPlace();
    const { term, end } = await place.held();
    place.doc({ stopped: true });
    term();
    expect(await end()).toMatchObject(ended("ended", "stop"));
  });
});

test("nothing is started while the operator has it stopped", async () => {
  const place = new HeldPlace();
  place.doc({ stopped: true });
  expect(await place.hold().end()).toMatchObject(ended("stopped"));
  expect([place.up, place.servers()]).toEqual([[], 0]);
});

describe("deaths", () => {
  test("end its holder, each time; the fifth within ten minutes for good", async () => {
    const place = new HeldPlace();
    for (let deaths = 1; deaths <= 5; deaths += 1) {
      const { end } = await place.held();
      await place.kill();
      expect(await end()).toMatchObject(ended(deaths < 5 ? "died" : "gave-up"));
      expect(place.doc().deaths).toHaveLength(deaths);
    }
    const { gaveUpWall } = place.doc();
    expect(gaveUpWall).toBeGreaterThan(0);
    await place.pass(1000);
    expect(await place.hold().end()).toMatchObject(ended("gave-up", "5 failures"));
    expect(place.doc().gaveUpWall).toBe(gaveUpWall);
    expect(place.up).toHaveLength(5);
    await place.pass(11 * 60_000);
    const { term, end } = await place.held();
    expect(place.doc().gaveUpWall).toBeUndefined();
    term();
    expect(await end()).toMatchObject(ended("ended"));
  });

  test("are what it is that no try would change, as often as it is tried", async () => {
    const place = new HeldPlace();
    for (let tries = 1; tries <= 4; tries += 1) {
      expect(await place.hold(GONE).end()).toMatchObject(ended("failed", "no runtime gone"));
    }
    expect(await place.hold(GONE).end()).toMatchObject(ended("gave-up", "5 failures"));
    expect(place.pauses).toEqual([]);
  });

  test("that nobody tells of are seen at the next tick", async () => {
    const place = new HeldPlace();
    place.world.faults.watch = "deaf";
    const { end } = await place.held();
    await place.pass(2 * place.world.config.tickMs);
    const begun = place.world.time.mono();
    await place.kill();
    expect(await end()).toMatchObject(ended("died"));
    expect(place.world.time.mono() - begun).toBeLessThan(2 * place.world.config.tickMs);
  });

  test("of before do not count against one that is alive: it is adopted", async () => {
    const place = new HeldPlace();
    const first = await place.held();
    place.handOver();
    first.term();
    await first.end();
    const now = wallMs(place.world.time.wall());
    place.doc({ deaths: [now, now, now, now, now] });
    await place.held();
    expect(place.up).toEqual(["started", "adopted"]);
  });
});

test.each([
  ["new", "ended"],
  ["stop", "stopped"],
] as const)("an end on purpose, by %s, is no death", async (reason, how) => {
  const place = new HeldPlace();
  const { end } = await place.held();
  if (reason === "stop") place.doc({ stopped: true });
  await place.endFromOutside(reason);
  expect(await end()).toMatchObject(ended(how, reason));
  expect(place.doc().deaths).toEqual([]);
});

test("an adopted session's end is seen at once, and told of by how its process ended", async () => {
  const place = new HeldPlace();
  const first = await place.held();
  first.life.die();
  const { end } = await place.held();
  const [server] = place.world.tmux.servers();
  const begun = place.world.time.mono();
  if (server !== undefined) place.world.table.exit(server.pane.process, { code: 3 });
  expect(await end()).toMatchObject(ended("died", "its process ended (3)"));
  expect(place.world.time.mono() - begun).toBeLessThan(5000);
});

test("an end that nobody saw is put on record before it is started anew", async () => {
  const place = new HeldPlace();
  const first = await place.held();
  first.life.die();
  const { table, files, layout } = place.world;
  const isWitness = ({ kind }: { readonly kind: string }) => kind === "canary";
  const all = table.all();
  for (const entry of [...all.filter(isWitness), ...all]) table.exit(entry, { signal: 9 });
  await place.held();
  expect(place.up).toEqual(["started", "started"]);
  const exits = expect.stringContaining("cause=unwitnessed");
  expect(files.read(layout.exitsLog)).toMatchObject({ text: exits });
});

describe("where nothing can be started", () => {
  test("it tries again, later and later, counts no death, and comes up", async () => {
    const place = new HeldPlace();
    place.world.faults.noProgram = true;
    place.hold();
    await place.pass(20_000);
    expect(place.pauses.slice(0, 4).map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 4, 8]);
    expect(place.doc().deaths).toEqual([]);
    place.world.faults.noProgram = false;
    await place.pass(16_000);
    expect([place.up, place.servers()]).toEqual([["started"], 1]);
  });

  test.each(["TERM", "stop"] as const)("%s ends it at once", async (by) => {
    const place = new HeldPlace();
    place.world.faults.noProgram = true;
    const { term, end } = place.hold();
    await place.pass(20_000);
    const begun = place.world.time.mono();
    if (by === "TERM") term();
    else place.doc({ stopped: true });
    expect(await end()).toMatchObject(ended(by === "TERM" ? "ended" : "stopped"));
    expect(place.world.time.mono() - begun).toBeLessThan(1000);
  });

  test("the operator's start is not waited for", async () => {
    const place = new HeldPlace();
    place.world.faults.noProgram = true;
    place.hold();
    await place.pass(40_000);
    place.world.faults.noProgram = false;
    place.doc({ restart: { attempts: 0, notBeforeWall: null } });
    await place.pass(1500);
    expect(place.up).toEqual(["started"]);
  });
});

test("a second holder is refused, and does nothing", async () => {
  const place = new HeldPlace();
  await place.held();
  const refused = { ok: false, error: { code: "peer-held" } };
  expect(await place.hold().end()).toMatchObject(refused);
  expect([place.up, place.servers()]).toEqual([["started"], 1]);
});

test("nobody is held that is not registered", async () => {
  const refused = { ok: false, error: { code: "unknown-peer" } };
  expect(await new HeldPlace([]).hold().end()).toMatchObject(refused);
});

test("a runtime that the peer does not have is refused", async () => {
  const place = new HeldPlace();
  const refused = { ok: false, error: { code: "runtime-not-added", exit: 2 } };
  expect(await place.hold("other" as typeof PLAIN).end()).toMatchObject(refused);
});
