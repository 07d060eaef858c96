// Negative controls: with a guard of lifecycle §5 or §6 broken, the judge has to speak. A judge
// that never does would make every other test of this folder worthless.

import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import type { Host } from "../../src/ports/host.ts";
import { eventually, Fleet } from "./fleet.ts";
import { judge, mustHold } from "./judge.ts";

/** Records are put in place long after the kill, and nobody dismisses the canary. */
function recordingLate({ files, processes, clock, ...rest }: Host): Host {
  return {
    ...rest,
    clock,
    files: {
      ...files,
      linkNew: (path, text) => {
        clock.after(2000, () => files.linkNew(path, text));
        return { state: "ok" };
      },
    },
    processes: {
      ...processes,
      signal: (target, signal) => {
        const words = readFileSync(`/proc/${target.pid}/cmdline`, "utf8");
        return words.includes("canary.sh") ? "sent" : processes.signal(target, signal);
      },
    },
  };
}

async function stopUnder(fleet: Fleet, host: Host): Promise<void> {
  const personality = await fleet.create("plain", ["/bin/cat"]);
  const watch = createDeathWatch(host.config, host.clock, host.processes);
  const supervisor = createSupervisor(host, watch);
  await supervisor.start();
  try {
    const woken = await supervisor.verb({ personality, verb: "wake", request: {} });
    expect(woken.result).toBe("woke");
    await fleet.parts(personality);
    const stopped = await supervisor.verb({ personality, verb: "stop", request: {} });
    expect(stopped.result).toBe("done");
    await eventually("the end is on record", () => fleet.ends(personality).length === 1);
  } finally {
    await supervisor.stop();
  }
}

describe("the judge speaks", () => {
  test("not of a stop as it should be", async () => {
    await using fleet = new Fleet();
    await stopUnder(fleet, fleet.app.host);
    await mustHold(fleet);
    expect(fleet.ends("plain" as never).map(({ ev }) => ev)).toEqual(["teardown"]);
  }, 60_000);

  test("of a record that is made after the kill", async () => {
    await using fleet = new Fleet();
    await stopUnder(fleet, recordingLate(fleet.app.host));
    await eventually("two lines tell of one end", () =>
      judge(fleet).some((wrong) => wrong.includes(": 2 lines in exits.log\n")),
    );
  }, 60_000);

  test("of a canary that does not ask whether its server lives", async () => {
    await using fleet = new Fleet();
    const name = await fleet.create("plain", ["/bin/cat"]);
    await fleet.startDaemon();
    await fleet.wake(name);
    const { recorder, server } = await fleet.parts(name);
    const { host } = fleet.app;
    const script = pathsOf(host, fleet.starts(name).at(-1) ?? fail()).canaryScript;
    const text = readFileSync(script, "utf8");
    const asks = '[ "$state" = dead ]\n';
    expect(text).toContain(asks);
    writeFileSync(script, text.replace(asks, "true\n"));
    await fleet.killDaemon();
    await mustHold(fleet);
    host.processes.signal(recorder, "KILL");
    host.exec.detach({ argv: ["/bin/sh", script], env: {}, cwd: "/" });
    await eventually("a record names a living server", () => judge(fleet).length > 0);
    expect(fleet.isAlive(server)).toBe(true);
    expect(judge(fleet).join()).toContain("names a living server");
  }, 60_000);

  test("of a server that no life owns", async () => {
    await using fleet = new Fleet();
    const socket = join(fleet.home, "s");
    const argv = ["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "/bin/cat"];
    expect(await Bun.spawn(argv, { env: fleet.env, stdio: ["ignore", "ignore", "inherit"] }).exited)
      .toBe(0);
    expect(judge(fleet).join()).toContain("orphaned tmux server");
  }, 60_000);
});

function fail(): never {
  throw new Error("it has never lived");
}
