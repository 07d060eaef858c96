// The daemon dies in the middle of a launch (lifecycle §5): the canary that it had started goes
// on, brings the server up and watches it, so that the next daemon finds both.

import { expect, test } from "bun:test";

import { readPids, writeStart } from "../../src/flows/session/records.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";
import { Generation } from "./generation.ts";
import { env, exec, processes, tmux, tools, until } from "./host-under-test.ts";

const LAUNCH = Bun.fileURLToPath(new URL("./programs/launch-and-die.ts", import.meta.url));

test("a canary goes on without the daemon that started it", async () => {
  await using made = new Generation();
  const { socket } = made.facts;
  const { tmuxConf, canaryScript } = made.paths;
  const facts = [tools.tmux, socket, made.identity, tmuxConf, canaryScript, made.cwd];
  const argv = [process.execPath, LAUNCH, ...facts];
  const ran = await exec.run({ argv, env, timeoutMs: 10_000 });
  expect(ran).toMatchObject({ signal: "SIGKILL", stderr: "" });
  const canary = await until("canary.pid", () => made.canaryPid());
  made.canary = canary;
  await until("its server", () => tmux.probe(socket) === "answers");
  const server = await serverOf(made);
  made.server = server;
  expect(processes.liveness(canary)).toBe("alive");
  made.writeStart(server);
  processes.signal(server, "KILL");
  const end = await until("the record", () => made.end());
  expect(end).toMatchObject({ by: "canary", cause: "server-vanished", serverPid: server.pid });
}, 15_000);

test.if(process.platform === "linux")(
  "a session's own note of its pids is enough to end it, when no record has them",
  async () => {
    await using fleet = new Fleet();
    const deaf = "trap '' HUP TERM; while :; do sleep 1000; done";
    const peer = await fleet.create("deaf", ["/bin/sh", "-c", deaf]);
    await fleet.startDaemon();
    await fleet.wake(peer);
    const { server, pane, recorder } = await fleet.parts(peer);
    const [start] = fleet.starts(peer);
    if (start === undefined) throw new Error("it has never lived");
    await until("its note", () => readPids(fleet.app.host, start));
    expect(readPids(fleet.app.host, start)).toEqual({ server, pane });
    await fleet.killDaemon();
    // As it is while a launch is under way.
    const { server: _server, pane: _pane, ...first } = start;
    writeStart(fleet.app.host, first);
    processes.signal(recorder, "KILL");
    processes.signal(server, "KILL");
    await until("the end of its server", () => processes.liveness(server) === "dead");
    expect(processes.liveness(pane)).toBe("alive");
    await fleet.startDaemon();
    await eventually("its end is on record", () => fleet.ends(peer).length === 1);
    await eventually("its pane has ended", () => processes.liveness(pane) === "dead");
    await mustHold(fleet);
  },
  60_000,
);

async function serverOf(made: Generation): Promise<ProcessRef> {
  const answer = await tmux.query(made.facts.socket, made.identity, "#{pid}");
  const found = processes.identify(answer.state === "answered" ? Number(answer.text) : 0);
  if (found === null || found === "unknown") throw new Error(JSON.stringify(answer));
  return found;
}
