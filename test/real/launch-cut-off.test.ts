// The daemon dies in the middle of a launch (lifecycle §5): the canary that it had started goes
// on, brings the server up and watches it, so that the next daemon finds both.

import { expect, test } from "bun:test";

import type { ProcessRef } from "../../src/core/process-ref.ts";
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

async function serverOf(made: Generation): Promise<ProcessRef> {
  const answer = await tmux.query(made.facts.socket, made.identity, "#{pid}");
  const found = processes.identify(answer.state === "answered" ? Number(answer.text) : 0);
  if (found === null || found === "unknown") throw new Error(JSON.stringify(answer));
  return found;
}
