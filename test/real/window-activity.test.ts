// What tmux says of a session whose pane log is gone: when it has printed last, in whole seconds.

import { expect, test } from "bun:test";
import { RealTmux } from "../contract/real-tmux.ts";
import { clock } from "./host-under-test.ts";

test("it is of the clock on the wall, and goes on with what is printed", async () => {
  await using made = new RealTmux();
  const { socket, identity } = made.spec;
  const before = Math.floor(clock.wall() / 1000);
  await made.tmux.newSession(made.spec);
  const latest = async () => {
    const answer = await made.tmux.query(socket, identity, "#{window_activity}");
    if (answer.state !== "answered") throw new Error(answer.state);
    return Number(answer.text);
  };
  const first = await latest();
  expect(first).toBeGreaterThanOrEqual(before);
  await made.until(async () => {
    await made.tmux.keys(socket, identity, ["x"]);
    return (await latest()) > first;
  });
  expect(await latest()).toBeLessThanOrEqual(clock.wall() / 1000);
}, 20_000);
