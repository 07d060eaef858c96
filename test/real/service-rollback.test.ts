// Without a service manager: an update whose daemon does not come up, and the rollback that brings
// the daemon back, with the sessions living on through both.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { isRunning } from "../cli/program.ts";
import { brokenSource } from "./newer-source.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 90_000;
const user = new ServiceUser();
const iapeer = [join(user.home, ".local/bin/iapeer")];
const must = (...words: string[]) => user.must(words, iapeer);
const status = () => user.json(["daemon", "status"], iapeer);
const broken = join(user.dir, "broken");

beforeAll(() => {
  user.must(["install"]);
  must("daemon", "install", "--manager", "embedded");
  must("create", "clock", "--", "/bin/sh", "-c", "exec sleep 1000000");
  must("wake", "clock");
  brokenSource(broken);
}, SLOW_MS);
afterAll(() => user.remove(), SLOW_MS);

function update(): void {
  const { code, err } = user.run(["update", "--from", broken], iapeer);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("is not healthy") });
  const back = "iapeer rollback puts the version before back, and starts its daemon";
  expect(err).toContain(`next: ${back}; if that dies too: `);
  expect(status()).toMatchObject({ state: "not-running" });
}

test(
  "the daemon runs again, of the version before, and the same session",
  () => {
    const version = must("--version").trim();
    const server = user.serverPid("clock");
    update();
    const out = must("rollback");
    expect(out).toMatch(/^the daemon runs it \(pid \d+\), and is healthy$/m);
    expect(status()).toMatchObject({ state: "running", version });
    expect(must("list")).toMatch(/^clock +command +alive /m);
    expect(user.serverPid("clock")).toBe(server);
    expect(isRunning(server)).toBe(true);
  },
  SLOW_MS,
);

test(
  "one that was stopped meanwhile stays down, and how to start it is said",
  () => {
    update();
    must("daemon", "stop");
    const { code, err } = user.run(["rollback"], iapeer);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining("no daemon runs here; start it: iapeer daemon start"),
    });
    expect(status()).toMatchObject({ state: "not-running" });
    must("daemon", "start");
    expect(status()).toMatchObject({ state: "running" });
  },
  SLOW_MS,
);
