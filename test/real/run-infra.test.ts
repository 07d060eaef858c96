// `iapeer run-infra` on real tmux servers (service-manager contract, "Always-on peers"): what a
// plist or unit starts, without any manager: its exit codes are all that a manager goes by.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, Program, type Running, until } from "../cli/program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const ENV = { IAPEER_TICK_SECS: "1", IAPEER_WITNESS_GRACE_SECS: "0.3" };

afterAll(() => program.close(), SLOW_MS);

interface Start {
  readonly generation: string;
  readonly server?: { readonly pid: number };
  readonly pane?: { readonly pid: number };
}

const sessionsOf = (name: string): string =>
  join(program.root, "state/iapeer/sessions", `command-${name}`);

function newest(name: string): Start {
  const dir = sessionsOf(name);
  const last = readdirSync(dir).toSorted().at(-1) ?? "";
  return JSON.parse(readFileSync(join(dir, last, "start.json"), "utf8")) as Start;
}

const endsOf = (name: string): readonly { reason?: string; ev: string }[] =>
  readdirSync(sessionsOf(name))
    .toSorted()
    .map((id) => join(sessionsOf(name), id, "end.json"))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, "utf8")) as { reason?: string; ev: string });

const docOf = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(join(program.root, `state/iapeer/peers/command-${name}.json`), "utf8"),
  ) as Record<string, unknown>;

async function hold(name: string, says: string): Promise<Running> {
  const holder = program.start(["run-infra", name, "command"], { env: ENV });
  await until(`${name} ${says}`, () => holder.err.includes(`${name}: ${says}`));
  return holder;
}

async function create(name: string, script: string): Promise<void> {
  const words = ["create", name, "--always-on", "--", "/bin/sh", "-c", script];
  expect(await program.run(words)).toMatchObject({ code: 0 });
}

const STAYS = "exec sleep 1000000";

function markHandOver(name: string): void {
  const jobs = join(program.root, "state/iapeer/jobs");
  writeFileSync(join(jobs, `command-${name}.hand-over`), `${Date.now()}\n`);
}

describe("a peer that stays", () => {
  beforeAll(() => create("clock", STAYS), SLOW_MS);

  test(
    "is brought up; a second holder is refused",
    async () => {
      const holder = await hold("clock", "started");
      const { server, pane } = newest("clock");
      expect(isRunning(server?.pid ?? 0) && isRunning(pane?.pid ?? 0)).toBe(true);
      const second = await program.run(["run-infra", "clock", "command"], { env: ENV });
      expect(second).toMatchObject({ code: 1 });
      expect(second.err).toContain("another process holds clock");
      holder.signal("SIGKILL");
      await holder.done();
    },
    SLOW_MS,
  );

  test(
    "outlives its holder's SIGKILL, and is adopted by the next one",
    async () => {
      const before = newest("clock");
      expect(isRunning(before.server?.pid ?? 0)).toBe(true);
      const holder = await hold("clock", "adopted");
      expect(newest("clock").generation).toBe(before.generation);
      markHandOver("clock");
      holder.signal("SIGTERM");
      const { code, err } = await holder.done();
      expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("let-go") });
      expect(isRunning(before.server?.pid ?? 0)).toBe(true);
    },
    SLOW_MS,
  );

  test(
    "TERM ends its session in order, with one record, and leaves nothing of it",
    async () => {
      const holder = await hold("clock", "adopted");
      const { server, pane } = newest("clock");
      const begun = performance.now();
      holder.signal("SIGTERM");
      expect(await holder.done()).toMatchObject({ code: 0 });
      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(isRunning(server?.pid ?? 0) || isRunning(pane?.pid ?? 0)).toBe(false);
      expect(endsOf("clock")).toMatchObject([{ ev: "teardown", reason: "shutdown" }]);
      expect(docOf("clock")).toMatchObject({ parked: false, stopped: false, deaths: [] });
    },
    SLOW_MS,
  );

  test(
    "again and again: nothing is ever left of it",
    async () => {
      for (let round = 0; round < 4; round += 1) {
        const first = await hold("clock", "started");
        markHandOver("clock");
        first.signal("SIGTERM");
        await first.done();
        const second = await hold("clock", "adopted");
        const { server } = newest("clock");
        second.signal("SIGTERM");
        expect(await second.done()).toMatchObject({ code: 0 });
        expect(isRunning(server?.pid ?? 0)).toBe(false);
      }
    },
    SLOW_MS,
  );

  test(
    "a killed tmux server: the holder exits non-zero, and the death is on record",
    async () => {
      const holder = await hold("clock", "started");
      process.kill(newest("clock").server?.pid ?? 0, "SIGKILL");
      const { code, err } = await holder.done();
      expect(code).toBe(1);
      expect(err).toContain("clock: died");
      expect(docOf("clock")).toMatchObject({ deaths: [expect.any(Number)] });
      expect(endsOf("clock").at(-1)).toMatchObject({ ev: "server-exit" });
    },
    SLOW_MS,
  );

  test(
    "stopped: the holder says so and exits 0 without starting it",
    async () => {
      expect(await program.run(["stop", "clock"])).toMatchObject({ code: 0 });
      const held = await program.run(["run-infra", "clock", "command"], { env: ENV });
      expect(held).toMatchObject({ code: 0, err: expect.stringContaining("clock: stopped") });
    },
    SLOW_MS,
  );
});

test(
  "its process ends: exit 1 each time, and at the fifth within 10 minutes it gives up with 0",
  async () => {
    await create("brief", "sleep 0.4; exit 3");
    const codes: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      codes.push((await program.run(["run-infra", "brief", "command"], { env: ENV })).code);
    }
    expect(codes).toEqual([1, 1, 1, 1, 0]);
    expect(docOf("brief")).toMatchObject({ gaveUpWall: expect.any(Number) });
    const again = await program.run(["run-infra", "brief", "command"], { env: ENV });
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining("gave-up") });
    const log = readFileSync(join(program.root, "logs/iapeer/lifecycle.log"), "utf8");
    expect(log).toMatch(/ev=run-infra identity=command-brief action=gave-up detail="5 failures/);
  },
  SLOW_MS,
);

/** The pauses that a holder has said so far. */
const pausesOf = ({ err }: Running, name: string): readonly string[] =>
  [...err.matchAll(/^([a-z]+): not started \(.+\); again in (.+)$/gm)].flatMap(
    ([, who, pause]) => (who === name && pause !== undefined ? [pause] : []),
  );

describe("a launch before which nothing was started", () => {
  const absent = join(program.home, "absent");
  const holders: Running[] = [];
  /** One that goes on waiting is ended also when its test fails. */
  afterAll(() => {
    for (const holder of holders) holder.signal("SIGKILL");
  });
  const waiting = (name: string): Running => {
    const holder = program.start(["run-infra", name, "command"], { env: ENV });
    holders.push(holder);
    return holder;
  };

  test(
    "is no death: it is tried again at growing pauses, and is up once its program is there",
    async () => {
      const created = await program.run(["create", "late", "--always-on", "--", absent]);
      expect(created).toMatchObject({ code: 0 });
      const holder = waiting("late");
      await until("three tries", () => pausesOf(holder, "late").length >= 3);
      expect(pausesOf(holder, "late").slice(0, 3)).toEqual(["1 s", "2 s", "4 s"]);
      expect(docOf("late")).toMatchObject({ deaths: [] });
      expect(docOf("late")).not.toHaveProperty("gaveUpWall");
      const why = await program.run(["why", "late"]);
      expect(why.out).toContain("It could not be started");
      writeFileSync(absent, `#!/bin/sh\n${STAYS}\n`, { mode: 0o755 });
      await until("it started", () => holder.err.includes("late: started"));
      holder.signal("SIGTERM");
      expect(await holder.done()).toMatchObject({ code: 0 });
      expect(docOf("late")).toMatchObject({ deaths: [] });
    },
    SLOW_MS,
  );

  test(
    "nor is one that could not even be prepared; TERM ends the waiting",
    async () => {
      await create("lost", STAYS);
      const path = join(program.root, "peers/lost/.iapeer/runtimes/command/launch.env");
      await Bun.write(path, "no equals sign\n");
      const holder = waiting("lost");
      await until("two tries", () => pausesOf(holder, "lost").length >= 2);
      expect(holder.err).toContain("launch-env");
      holder.signal("SIGTERM");
      expect(await holder.done()).toMatchObject({ code: 0 });
      expect(docOf("lost")).toMatchObject({ deaths: [], restart: { attempts: 3 } });
    },
    SLOW_MS,
  );
});
