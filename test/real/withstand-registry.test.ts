// A registry that is lost under a daemon, or while none runs: it is made anew from what is known
// and from the folders, and nobody goes unsupervised meanwhile (storage contract).

import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRegistry } from "../../src/formats/registry.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const ENV = { IAPEER_TICK_SECS: "1" };
const GARBAGE = '{"version": 1, "pe\0ers": [';

for (const [how, lose] of [
  ["gone", (path: string) => rmSync(path)],
  ["garbage", (path: string) => writeFileSync(path, GARBAGE)],
] as const) {
  test(`a registry that is ${how} is made anew by the daemon, running or starting`, async () => {
    await using fleet = new Fleet({ env: ENV });
    const { registry } = fleet.app.host.layout;
    const held = await fleet.create("held", ["/bin/cat"], { alwaysOn: true });
    const cwd = join(fleet.home, "else where");
    const far = await fleet.create("far", ["/bin/cat"], { cwd });
    const isBack = () => {
      const parsed = existsSync(registry) ? parseRegistry(readFileSync(registry, "utf8")) : null;
      return parsed?.ok === true && parsed.value.peers.length === 2;
    };
    await fleet.startDaemon();
    await eventually("it is up", () => fleet.isAlive(fleet.starts(held)[0]?.server));
    lose(registry);
    await eventually("the registry is back", isBack);
    await fleet.wake(far);
    await fleet.killDaemon();
    lose(registry);
    expect((await fleet.cli(["show", held])).code).toBe(how === "gone" ? 0 : 1);
    await fleet.startDaemon();
    await eventually("the registry is back", isBack);
    fleet.app.host.processes.signal((await fleet.parts(held)).server, "KILL");
    await eventually("the held peer is back", () => fleet.starts(held).length >= 2);
    await mustHold(fleet);
  }, 60_000);
}
