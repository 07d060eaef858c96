// A server that is there and answers nothing: told as that, within the bound of a question.

import { expect, test } from "bun:test";
import type { Exec } from "../../src/ports/exec.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import { clock, env, exec, processes } from "../real/host-under-test.ts";
import { RealTmux } from "./real-tmux.ts";

/** Less patience than usual. */
const hasty: Exec = { ...exec, run: (spec) => exec.run({ ...spec, timeoutMs: 200 }) };

test("a suspended server gives no answer, and goes on as it was", async () => {
  await using made = new RealTmux();
  const up = await made.tmux.newSession(made.spec);
  if (up.state !== "up") throw new Error(up.detail);
  const { socket, identity } = made.spec;
  const tmux = createTmux({ tmuxPath: "tmux", env, clock, exec: hasty, processes });
  process.kill(up.serverPid, "SIGSTOP");
  const asked = await tmux.query(socket, identity, "#{pid}").finally(() => {
    process.kill(up.serverPid, "SIGCONT");
  });
  expect(asked).toEqual({ state: "unknown", detail: "its tmux server gives no answer" });
  const again = await made.tmux.query(socket, identity, "#{pid}");
  expect(again).toEqual({ state: "answered", text: String(up.serverPid) });
});

test("a tmux that cannot be run is told as that", async () => {
  await using made = new RealTmux();
  const { socket, identity } = made.spec;
  const none = createTmux({ tmuxPath: "/nonexistent/tmux", env, clock, exec, processes });
  const asked = await none.query(socket, identity, "#{pid}");
  expect(asked).toEqual({ state: "unknown", detail: "/nonexistent/tmux: no such program" });
});
