// Waiting for the right to supervise a root: gently, with a bound, and no longer than there is
// something to wait for; a verb without a daemon, and a daemon that starts, both do.

import { describe, expect, test } from "bun:test";
import { dirname } from "node:path";
import type { VerbCall } from "../../src/core/api.ts";
import { createAlone } from "../../src/daemon/one-verb.ts";
import { runDaemon } from "../../src/daemon/run.ts";
import { LEASE_WAIT_MS, takeLease } from "../../src/daemon/take-lease.ts";
import { ok } from "../../src/core/result.ts";
import type { Lease, LeaseOutcome } from "../../src/ports/lock.ts";
import type { SocketProbe } from "../../src/ports/tmux.ts";
import { FakeLease } from "../fakes/lock.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { pass } from "../fakes/time.ts";

const STOP = { personality: "echo", verb: "stop", request: {} } as unknown as VerbCall;

/** A process that wants the lease, and another one that may have it. */
class Place {
  readonly world = new SimWorld({ seed: 1 });
  readonly end = new AbortController();
  readonly #manned = this.world.man();
  readonly #own = new FakeLease(this.world.locks, { ended: false });
  readonly #other = new FakeLease(this.world.locks, { ended: false });
  tries = 0;
  socket: SocketProbe = "missing";
  ready = 0;

  get host() {
    const { host } = this.#manned;
    return { ...host, tmux: { ...host.tmux, version, probe: () => this.socket } };
  }

  get lease(): Lease {
    return {
      acquire: (path) => {
        this.tries += 1;
        return this.#own.acquire(path);
      },
    };
  }

  /** What the other one lets go of. */
  heldByOther(): () => void {
    const { daemonLease } = this.world.layout;
    const held = this.#other.acquire(daemonLease);
    if (held.state !== "held") throw new Error(held.state);
    this.world.files.makeFolder(dirname(daemonLease));
    this.world.files.writeAtomic(daemonLease, "4242\n");
    return () => held.release();
  }

  take(waitMs = LEASE_WAIT_MS) {
    const { host, lease } = this;
    return this.watched(takeLease({ host, lease, waitMs, signal: this.end.signal }));
  }

  daemon() {
    const { host, lease } = this;
    const createWatch = () => this.#manned.watch;
    const listen = () => ok({ stop: () => Promise.resolve() });
    const onReady = () => void (this.ready += 1);
    const parts = { host, lease, createWatch, listen, onReady };
    return this.watched(runDaemon({ ...parts, signal: this.end.signal }));
  }

  alone() {
    const { host, lease } = this;
    const perform = createAlone({ host, lease, createWatch: () => this.#manned.watch });
    return () => this.watched(perform(STOP, this.end.signal));
  }

  /** What it has come to so far. */
  watched<T>(promise: Promise<T>): { value: T | null } {
    const seen: { value: T | null } = { value: null };
    void promise.then((value) => (seen.value = value));
    return seen;
  }

  pass(ms: number): Promise<void> {
    return pass(this.world.time, ms);
  }
}

const version = () => Promise.resolve({ state: "ok", version: "3.4" } as const);

describe("the lease", () => {
  test("is taken soon after its holder lets go of it", async () => {
    const place = new Place();
    const release = place.heldByOther();
    const taken = place.take();
    await place.pass(9000);
    expect(taken.value).toBeNull();
    expect(place.tries).toBeLessThan(120);
    release();
    await place.pass(100);
    expect(taken.value).toMatchObject({ state: "held" });
  });

  test("is waited for up to 15 s, and then its holder is named", async () => {
    const place = new Place();
    place.heldByOther();
    const taken = place.take();
    await place.pass(14_990);
    expect(taken.value).toBeNull();
    await place.pass(20);
    const why = expect.stringMatching(/^process 4242 .* within 15 s: /);
    expect(taken.value).toEqual({ state: "busy", why });
  });

  test("is not waited for once a daemon answers", async () => {
    const place = new Place();
    place.heldByOther();
    const taken = place.take();
    await place.pass(1000);
    expect(taken.value).toBeNull();
    place.socket = "answers";
    await place.pass(100);
    expect(taken.value).toEqual({ state: "answers" });
  });

  test("is not waited for by whoever is asked to end, nor where it cannot be had", async () => {
    const place = new Place();
    place.heldByOther();
    const taken = place.take();
    await place.pass(1000);
    place.end.abort();
    await place.pass(0);
    expect(taken.value).toEqual({ state: "interrupted" });
    const acquire = (): LeaseOutcome => ({ state: "failed", detail: "no such locks" });
    const { host } = place;
    const { signal } = new AbortController();
    const wanting = { host, lease: { acquire }, waitMs: LEASE_WAIT_MS, signal };
    expect(await takeLease(wanting)).toEqual({ state: "failed", why: "no such locks" });
  });
});

describe("a daemon", () => {
  test("starts when a verb that was before it has ended", async () => {
    const place = new Place();
    const release = place.heldByOther();
    const daemon = place.daemon();
    await place.pass(5000);
    expect([daemon.value, place.ready]).toEqual([null, 0]);
    release();
    await place.pass(1000);
    expect([daemon.value, place.ready]).toEqual([null, 1]);
    place.end.abort();
    await place.pass(1000);
    expect(daemon.value).toEqual(ok(undefined));
  });

  test("that waits ends when it is asked to", async () => {
    const place = new Place();
    place.heldByOther();
    const daemon = place.daemon();
    await place.pass(5000);
    place.end.abort();
    await place.pass(0);
    expect([daemon.value, place.ready]).toEqual([ok(undefined), 0]);
  });

  test("says why it cannot start: another one answers, or who has the right to", async () => {
    const place = new Place();
    place.heldByOther();
    const waited = place.daemon();
    await place.pass(15_000);
    const why = expect.stringContaining("process 4242");
    expect(waited.value).toMatchObject({ ok: false, error: { code: "root-busy", why } });
    place.socket = "answers";
    const beside = place.daemon();
    await place.pass(0);
    expect(beside.value).toMatchObject({ ok: false, error: { code: "daemon-running" } });
  });
});

describe("a verb without a daemon", () => {
  test("waits for another one, and is done then", async () => {
    const place = new Place();
    const release = place.heldByOther();
    const asked = place.alone()();
    await place.pass(3000);
    expect(asked.value).toBeNull();
    release();
    await place.pass(1000);
    expect(asked.value).toMatchObject({ state: "answered", value: { cause: "unknown-peer" } });
    expect(place.lease.acquire(place.world.layout.daemonLease).state).toBe("held");
  });

  test("of many waits in vain but once", async () => {
    const place = new Place();
    place.heldByOther();
    const ask = place.alone();
    const first = ask();
    await place.pass(15_000);
    expect(first.value).toMatchObject({ state: "busy" });
    const second = ask();
    await place.pass(0);
    expect(second.value).toMatchObject({ state: "busy" });
  });
});
