// Real sessions that lose what held them (lifecycle §4): killed with their parent, and told so by
// the daemon that outlived it.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const HOLDER = Bun.fileURLToPath(new URL("programs/holder.ts", import.meta.url));

test.if(process.platform === "linux")(
  "sessions that die with their parent are one incident, and it says so",
  async () => {
    const env = { IAPEER_TICK_SECS: "1" };
    await using fleet = new Fleet({ env, holder: [process.execPath, HOLDER] });
    const names = [
      await fleet.create("one", ["/bin/cat"]),
      await fleet.create("two", ["/bin/cat"]),
      await fleet.create("three", ["/bin/cat"]),
    ];
    await fleet.startDaemon();
    for (const name of names) await fleet.wake(name);
    const parts = await Promise.all(names.map((name) => fleet.parts(name)));
    const status = await fleet.app.client.status();
    const ticked = async () => (await fleet.app.client.status()).last_tick !== status.last_tick;
    // It looks at what holds them in its tick.
    await eventually("a tick", ticked);
    await fleet.killDaemon();
    for (const { server } of parts) fleet.app.host.processes.signal(server, "KILL");
    const log = () => readFileSync(fleet.app.host.layout.lifecycleLog, "utf8");
    await eventually("the incident is told", () => log().includes("ev=incident"));
    expect(/ev=incident .*/.exec(log())?.[0]).toContain("deaths=3 cause=killed-parent");
    await eventually("every end is on record", () =>
      names.every((name) => fleet.ends(name).length === 1),
    );
    await mustHold(fleet);
  },
  60_000,
);
