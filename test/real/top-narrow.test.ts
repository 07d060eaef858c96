// `iapeer top` in a real terminal that is too small for it: what there is no room for is cut off
// at the edge, and pushes nothing else away.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { Program, MAIN } from "../cli/program.ts";
import { RealTmux } from "../contract/real-tmux.ts";
import { exec, tools } from "./host-under-test.ts";

let program: Program;
beforeEach(() => {
  program = new Program();
});
afterEach(() => program.close());

test("each line of a small terminal is one of the table's", async () => {
  for (const name of ["ada", "bob"]) {
    expect(await program.run(["create", name, "--", "cat"])).toMatchObject({ code: 0 });
  }
  const argv = [process.execPath, MAIN, "--root", program.root, "top", "--every", "100ms"];
  await using place = new RealTmux({ argv });
  const { socket, identity } = place.spec;
  const tmux = async (...words: string[]): Promise<string> => {
    const ran = await exec.run({ argv: [tools.tmux, "-S", socket, ...words], timeoutMs: 10_000 });
    expect(ran).toMatchObject({ state: "ok" });
    return ran.stdout;
  };
  expect(await place.tmux.newSession(place.spec)).toMatchObject({ state: "up" });
  await tmux("resize-window", "-t", `=${identity}:`, "-x", "36", "-y", "6");
  const starts = ["daemon  ", "peers   ", "", "NAME  ", "ada   ", "bob   "];
  let screen: string[] = [];
  await place.until(async () => {
    screen = (await tmux("capture-pane", "-p", "-t", `=${identity}:`)).split("\n").slice(0, 6);
    return starts.every((start, line) => screen[line]?.startsWith(start));
  });
  expect(screen.map((line) => line.length > 36)).not.toContain(true);
  expect(screen[3]).toHaveLength(36);
}, 30_000);
